// basalt policy lint: exit codes, and what it says of files that are wrong, may not be meant, or are as they should be.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { refuses, run, startDev, temporaryDirectory } from '../support/server.mjs';
import { createTable } from '../support/tables.mjs';
import { call } from '../support/wire.mjs';

const directory = temporaryDirectory('lint');
let files = 0;
function fileOf(content) {
  const file = path.join(directory, `policy-${++files}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 1));
  return file;
}
const lint = (content, ...flags) => run(['policy', 'lint', fileOf(content), ...flags]);
const grant = (more) => ({ Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'dynamodb:GetItem', Resource: '*', ...more });

test('a policy that does what it says is answered by 0', async () => {
  const end = await lint({ Version: '2012-10-17', Statement: [grant()] });
  assert.equal(end.code, 0, end.stderr);
  assert.match(end.stdout, /no warnings about this table policy/);
  assert.equal(end.stderr, '');
});

test('what may not be meant is said with file, line and statement, and answered by 1', async () => {
  const { Principal, ...identity } = grant();
  const cases = [
    [grant({ Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'a' } } }), /list: without ForAllValues or ForAnyValue/],
    [grant({ Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'a' } } }), /ForAllValues holds for a request without/],
    [
      grant({ Action: ['dynamodb:Query', 'dynamodb:Scan'], Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'a' } } }),
      /a Scan has no dynamodb:leadingkeys/,
    ],
    [{ ...grant({ Effect: 'Deny', NotPrincipal: { AWS: '111111111111' } }), Principal: undefined }, /NotPrincipal exempts/],
    [grant({ Resource: 'arn:aws:dynamodb:us-east-1' }), /no resource is matched by the incomplete ARN/],
    [grant({ Condition: { StringEquals: { 'aws:SourceIpAddress': '10.0.0.1' } } }), /no request has a key/],
    [grant({ Condition: { StringLike: { 'aws:PrincipalArn': '${aws:username}' } } }), /variables have a meaning only/],
    [{ ...identity, Action: 'dynamodb:GetItems' }, /no action is matched by dynamodb:getitems/],
    [identity, /is for every table/],
    [{ ...identity, Resource: 'arn:aws:s3:::bucket' }, /no action of the statement is on a resource like/],
  ];
  for (const [statement, pattern] of cases) {
    const end = await lint({
      Statement: [
        { ...identity, Action: 'dynamodb:ListTables', ...(statement.Principal || statement.NotPrincipal ? grant() : {}) },
        { Sid: 'This', ...statement },
      ],
    });
    assert.equal(end.code, 1, end.stdout + end.stderr);
    assert.match(end.stdout, pattern);
    assert.match(end.stdout, /^\S+policy-\d+\.json:\d+: statement 2 \(This\): /m);
    assert.match(end.stderr, /^basalt: the policy .+; .+\n$/);
  }
});

test('what nobody would take is said in the words of PutResourcePolicy', async (t) => {
  const server = await startDev({ inMemory: true });
  t.after(() => server.stop());
  await createTable(server, 'Music');
  const arn = 'arn:aws:dynamodb:us-east-1:111111111111:table/Music';
  for (const [content, row] of [
    ['{', ''],
    ['{}', ''],
    [{ Statement: [] }, ''],
    [{ Statement: [grant(), grant({ Resource: undefined })] }, ':11'],
    [{ Statement: [grant(), { ...grant(), Action: 'dynamodb:ListStreams' }] }, ':11'],
    [{ Statement: [grant({ Principal: '*' })] }, ''],
    [{ Statement: [grant({ Principal: { AWS: 'arn:aws:iam::111111111111:user/*' } })] }, ':3'],
  ]) {
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 1);
    const refused = await call(server, 'PutResourcePolicy', { ResourceArn: arn, Policy: text });
    assert.equal(refused.status, 400);
    const file = fileOf(text);
    const end = await run(['policy', 'lint', file]);
    assert.equal(end.code, 1);
    assert.equal(end.stdout, '');
    const place = row ? `${file}${row}: statement \\d: ` : `${file}: `;
    assert.match(end.stderr, new RegExp(`^basalt: ${place}`), text);
    assert.ok(end.stderr.includes(`${refused.json.message}; correct the table policy`), `${end.stderr}${refused.text}`);
  }
});

test('a file that is not there, and a kind that is none, are answered by 2', async () => {
  await refuses(['policy', 'lint', '/nonexistent.json'], /cannot be read/);
  await refuses(['policy', 'lint', directory], /cannot be read/);
  await refuses(['policy', 'lint', fileOf({}), '--kind', 'bucket'], /no kind of policy/);
  await refuses(['policy', 'lint']);
});

test('the kind of a policy can be said', async () => {
  const anybody = { Statement: [grant({ Principal: '*', Action: 'dynamodb:ListTables' })] };
  assert.equal((await lint(anybody)).code, 1);
  assert.equal((await lint(anybody, '--kind', 'endpoint')).code, 0);
});
