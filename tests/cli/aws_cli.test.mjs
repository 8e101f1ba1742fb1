// The AWS command line, where a current one is on PATH (one whose model has resource policies), against a real server.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { initialize, startServe, temporaryDirectory } from '../support/server.mjs';

const version = spawnSync('aws', ['--version'], { encoding: 'utf8' });
const [, program, major, minor] = /^(aws-cli)\/(\d+)\.(\d+)/.exec(version.stdout || version.stderr || '') ?? [];
// Versions from 1.33 and 2.16 on know put-resource-policy; asking its help page needs a pager, so the version decides.
const current = program && ((major === '1' && Number(minor) >= 33) || (major === '2' && Number(minor) >= 16) || Number(major) > 2);
const skip = current
  ? false
  : `SKIPPED: no current AWS CLI on PATH (${version.error ? 'none' : (version.stdout || version.stderr).trim().slice(0, 60)})`;

let server;
let environment;
before(async () => {
  if (skip) return;
  const place = await initialize();
  server = await startServe(place);
  const empty = path.join(temporaryDirectory('aws'), 'config');
  writeFileSync(empty, '');
  environment = {
    ...process.env,
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_PROFILE: '111111111111',
    AWS_SHARED_CREDENTIALS_FILE: place.credentialsFile,
    AWS_CONFIG_FILE: empty,
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) delete environment[name];
});
after(() => server?.stop());

function aws(...words) {
  const { status, stdout, stderr } = spawnSync('aws', [...words, '--output', 'json'], {
    encoding: 'utf8',
    env: environment,
    timeout: 60_000,
  });
  return { status, stderr, json: stdout.trim() ? JSON.parse(stdout) : undefined };
}
function ok(...words) {
  const end = aws(...words);
  assert.equal(end.status, 0, `aws ${words.join(' ')}: ${end.stderr}`);
  return end.json;
}

test('a table from creation to deletion', { skip }, () => {
  assert.equal(ok('sts', 'get-caller-identity').Account, '111111111111');
  ok(
    'dynamodb',
    'create-table',
    '--table-name',
    'music',
    '--attribute-definitions',
    'AttributeName=artist,AttributeType=S',
    'AttributeName=song,AttributeType=S',
    '--key-schema',
    'AttributeName=artist,KeyType=HASH',
    'AttributeName=song,KeyType=RANGE',
    '--billing-mode',
    'PAY_PER_REQUEST',
  );
  ok('dynamodb', 'wait', 'table-exists', '--table-name', 'music');
  assert.deepEqual(ok('dynamodb', 'list-tables').TableNames, ['music']);
  ok('dynamodb', 'put-item', '--table-name', 'music', '--item', '{"artist":{"S":"No One"},"song":{"S":"Dance"},"year":{"N":"1999"}}');
  ok(
    'dynamodb',
    'update-item',
    '--table-name',
    'music',
    '--key',
    '{"artist":{"S":"No One"},"song":{"S":"Dance"}}',
    '--update-expression',
    'SET plays = :n',
    '--expression-attribute-values',
    '{":n":{"N":"5"}}',
  );
  const { Item } = ok(
    'dynamodb',
    'get-item',
    '--table-name',
    'music',
    '--key',
    '{"artist":{"S":"No One"},"song":{"S":"Dance"}}',
    '--consistent-read',
  );
  assert.deepEqual(Item, { artist: { S: 'No One' }, song: { S: 'Dance' }, year: { N: '1999' }, plays: { N: '5' } });
  const queried = ok(
    'dynamodb',
    'query',
    '--table-name',
    'music',
    '--key-condition-expression',
    'artist = :a',
    '--expression-attribute-values',
    '{":a":{"S":"No One"}}',
  );
  assert.equal(queried.Count, 1);
  assert.equal(ok('dynamodb', 'scan', '--table-name', 'music').Count, 1);
  const refused = aws(
    'dynamodb',
    'put-item',
    '--table-name',
    'music',
    '--item',
    '{"artist":{"S":"No One"},"song":{"S":"Dance"}}',
    '--condition-expression',
    'attribute_not_exists(artist)',
  );
  assert.notEqual(refused.status, 0);
  assert.match(refused.stderr, /ConditionalCheckFailedException.*The conditional request failed/);
  const { TableArn } = ok('dynamodb', 'describe-table', '--table-name', 'music').Table;
  ok('dynamodb', 'tag-resource', '--resource-arn', TableArn, '--tags', 'Key=team,Value=x', 'Key=stage,Value=');
  ok('dynamodb', 'untag-resource', '--resource-arn', TableArn, '--tag-keys', 'stage');
  assert.deepEqual(ok('dynamodb', 'list-tags-of-resource', '--resource-arn', TableArn), { Tags: [{ Key: 'team', Value: 'x' }] });
  const misnamed = aws('dynamodb', 'list-tags-of-resource', '--resource-arn', 'music');
  assert.match(misnamed.stderr, /\(ValidationException\).*ARNs must start with 'arn:': music/);
  assert.deepEqual(ok('dynamodb', 'describe-time-to-live', '--table-name', 'music'), {
    TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
  });
  assert.deepEqual(ok('dynamodb', 'describe-continuous-backups', '--table-name', 'music'), {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  });
  const missing = aws('dynamodb', 'describe-continuous-backups', '--table-name', 'none');
  assert.match(missing.stderr, /\(TableNotFoundException\).*Table not found: none/);
  assert.deepEqual(ok('dynamodb', 'describe-endpoints').Endpoints, [
    { Address: server.endpoint.slice('http://'.length), CachePeriodInMinutes: 1440 },
  ]);
  ok('dynamodb', 'delete-item', '--table-name', 'music', '--key', '{"artist":{"S":"No One"},"song":{"S":"Dance"}}');
  ok('dynamodb', 'delete-table', '--table-name', 'music');
  ok('dynamodb', 'wait', 'table-not-exists', '--table-name', 'music');
});

test('the managed key, by each of its names', { skip }, () => {
  const { KeyMetadata } = ok('kms', 'describe-key', '--key-id', 'alias/aws/dynamodb');
  assert.equal(KeyMetadata.KeyManager, 'AWS');
  assert.equal(KeyMetadata.Arn, `arn:aws:kms:us-east-1:111111111111:key/${KeyMetadata.KeyId}`);
  for (const name of [KeyMetadata.KeyId, KeyMetadata.Arn, 'arn:aws:kms:us-east-1:111111111111:alias/aws/dynamodb']) {
    assert.deepEqual(ok('kms', 'describe-key', '--key-id', name).KeyMetadata, KeyMetadata);
  }
  const missing = aws('kms', 'describe-key', '--key-id', 'alias/none');
  assert.match(missing.stderr, /\(NotFoundException\).*Alias arn:aws:kms:us-east-1:111111111111:alias\/none is not found\./);
  // Not built yet: refused at once, and not worth another try.
  const unknown = aws('kms', 'create-key');
  assert.match(unknown.stderr, /UnknownOperationException/);
});
