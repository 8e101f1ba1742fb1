// basalt access report: who can reach a table, asked of a running server.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import * as iam from '@aws-sdk/client-iam';
import { clientSettings } from '../support/clients.mjs';
import { initialize, refuses, run, startServe } from '../support/server.mjs';
import { createTable } from '../support/tables.mjs';
import { succeed } from '../support/wire.mjs';

const owner = '111111111111';
const friend = '222222222222';
const arn = `arn:aws:dynamodb:us-east-1:${owner}:table/Music`;
let place;
let server;
let options;
before(async () => {
  place = await initialize({ accounts: [owner, friend] });
  server = await startServe(place);
  options = { credentials: place.credentials[owner] };
  await createTable(server, 'Music', { options, StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } });
});
after(() => server.stop());

const report = (...words) => run(['access', 'report', ...words, '--data-dir', place.directory]);
const put = (resource, ...statements) =>
  succeed(
    server,
    'PutResourcePolicy',
    { ResourceArn: resource, Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) },
    options,
  );

test('of a table without policies only its account is told', async () => {
  const text = await report(arn);
  assert.equal(text.code, 0, text.stderr);
  assert.ok(text.stdout.startsWith(`${arn} is not public\nno policy of its own: only its account can reach it\n`), text.stdout);
  const found = JSON.parse((await report('Music', '--json')).stdout);
  assert.deepEqual([found.table, found.public, found.policies], [arn, false, []]);
  assert.deepEqual([...new Set(found.reach.map(({ principal }) => principal))], [`arn:aws:iam::${owner}:root`]);
});

test('all policies together say what each principal can do', async () => {
  const clients = (account) => new iam.IAMClient(clientSettings(server, { credentials: place.credentials[account] }));
  const [own, others] = [clients(owner), clients(friend)];
  const document = (...statements) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const makeUser = async (client, UserName, ...statements) => {
    await client.send(new iam.CreateUserCommand({ UserName }));
    if (statements.length)
      await client.send(new iam.PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: document(...statements) }));
  };
  const allow = (Action, more) => ({ Effect: 'Allow', Action, Resource: '*', ...more });
  await makeUser(own, 'Reader', allow(['dynamodb:GetItem', 'dynamodb:Query']));
  await makeUser(own, 'Sometimes', allow('dynamodb:PutItem', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }));
  await makeUser(own, 'Nobody');
  await makeUser(own, 'Named', { ...allow('dynamodb:Scan'), Resource: 'arn:aws:dynamodb:*:*:table/${aws:username}' });
  await makeUser(others, 'Guest', allow('dynamodb:*'));
  await makeUser(others, 'Uninvited', allow('dynamodb:PutItem'));
  await put(
    arn,
    { Effect: 'Allow', Principal: { AWS: friend }, Action: ['dynamodb:GetItem', 'dynamodb:Scan'], Resource: '*' },
    { Effect: 'Deny', Principal: '*', Action: 'dynamodb:Query', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } },
  );
  const found = JSON.parse((await report(arn, '--json')).stdout);
  const of = (account, name) => {
    const rows = found.reach.filter((row) => row.principal === `arn:aws:iam::${account}:user/${name}` && row.resource === arn);
    return rows.length ? [rows[0].account, rows[0].actions, rows[0].conditional_actions] : undefined;
  };
  assert.deepEqual(of(owner, 'Reader'), [owner, ['dynamodb:GetItem'], ['dynamodb:Query']]);
  assert.deepEqual(of(owner, 'Sometimes'), [owner, [], ['dynamodb:PutItem']]);
  assert.equal(of(owner, 'Nobody'), undefined);
  assert.deepEqual(of(owner, 'Named'), [owner, [], ['dynamodb:Scan']]);
  assert.deepEqual(of(friend, 'Guest'), [friend, ['dynamodb:GetItem', 'dynamodb:Scan'], []]);
  assert.equal(of(friend, 'Uninvited'), undefined);
  const root = found.reach.find((row) => row.principal === `arn:aws:iam::${owner}:root` && row.resource === arn);
  assert.ok(root.actions.includes('dynamodb:DeleteTable'));
  assert.deepEqual(root.conditional_actions, ['dynamodb:Query']);
  const text = await report(arn);
  assert.match(
    text.stdout,
    new RegExp(
      `^ {2}arn:aws:iam::${owner}:user/Reader on ${arn}\n {4}always: dynamodb:GetItem\n {4}under conditions: dynamodb:Query$`,
      'm',
    ),
  );
  await succeed(server, 'DeleteResourcePolicy', { ResourceArn: arn }, options);
});

test('principals are told with their accounts, actions, resources and conditions', async () => {
  const condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  const { RevisionId } = await put(
    arn,
    { Sid: 'Friends', Effect: 'Allow', Principal: { AWS: friend }, Action: 'dynamodb:*ResourcePolicy', Resource: '*' },
    {
      Effect: 'Allow',
      Principal: { AWS: [friend, owner] },
      Action: ['dynamodb:GetItem', 'dynamodb:Query'],
      Resource: [arn, `${arn}/index/*`],
      Condition: condition,
    },
    {
      Effect: 'Allow',
      Principal: '*',
      Action: 'dynamodb:Scan',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } },
    },
    { Effect: 'Deny', Principal: '*', Action: 'dynamodb:DeleteTable', NotResource: `${arn}/index/*` },
  );
  const end = await report(arn, '--json');
  assert.equal(end.code, 0, end.stderr);
  const found = JSON.parse(end.stdout);
  assert.equal(found.table, arn);
  assert.equal(found.public, false);
  assert.equal(found.policies.length, 1);
  assert.equal(found.policies[0].resource, arn);
  assert.equal(found.policies[0].revision, RevisionId);
  const root = (account) => `arn:aws:iam::${account}:root`;
  const shared = {
    effect: 'Allow',
    public: false,
    needs_identity_policy: true,
    actions: ['dynamodb:GetItem', 'dynamodb:Query'],
    resources: [arn, `${arn}/index/*`],
    conditions: condition,
    statement: 2,
  };
  assert.deepEqual(found.policies[0].grants, [
    {
      effect: 'Allow',
      principal: root(friend),
      account: friend,
      external: true,
      public: false,
      needs_identity_policy: true,
      actions: [], // none of these can be granted to others
      resources: ['*'],
      statement: 1,
      sid: 'Friends',
    },
    { ...shared, principal: root(friend), account: friend, external: true },
    { ...shared, principal: root(owner), account: owner, external: false },
    {
      effect: 'Allow',
      principal: '*',
      external: true,
      public: false,
      needs_identity_policy: false,
      actions: ['dynamodb:Scan'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } },
      statement: 3,
    },
    {
      effect: 'Deny',
      principal: '*',
      external: true,
      public: false,
      needs_identity_policy: false,
      actions: ['dynamodb:DeleteTable'],
      not_resources: [`${arn}/index/*`],
      statement: 4,
    },
  ]);
  const text = await report(arn);
  assert.match(
    text.stdout,
    new RegExp(`^  allowed: arn:aws:iam::${friend}:root \\(another account; policies of its account must allow it too\\)$`, 'm'),
  );
  assert.match(text.stdout, /^ {4}actions: none$/m);
  assert.match(text.stdout, /^ {4}if: \{"IpAddress":\{"aws:SourceIp":"10\.0\.0\.0\/8"\}\}$/m);
  assert.match(text.stdout, /^ {4}by: statement 1 \(Friends\)$/m);
  assert.match(text.stdout, /^ {2}denied: \*\n {4}actions: dynamodb:DeleteTable\n {4}on all but: /m);
});

test('policies of streams are told too', async () => {
  const { Table } = await succeed(server, 'DescribeTable', { TableName: 'Music' }, options);
  await put(Table.LatestStreamArn, { Effect: 'Allow', Principal: { AWS: friend }, Action: 'dynamodb:GetRecords', Resource: '*' });
  const found = JSON.parse((await report(arn, '--json')).stdout);
  const stream = found.policies.find((policy) => policy.resource === Table.LatestStreamArn);
  assert.deepEqual(stream.grants[0].actions, ['dynamodb:GetRecords']);
});

test('what is no table, and a server that is not there, are said in one line', async () => {
  const socket = ['--data-dir', place.directory];
  await refuses(['access', 'report', `${arn}s`, ...socket], /there is no table .*; give the ARN/, { codes: [1] });
  await refuses(['access', 'report', 'Books', ...socket], /there is no table Books/, { codes: [1] });
  await refuses(['access', 'report', `${arn}/index/i`, ...socket], /is not the ARN of a table/, { codes: [1] });
  await refuses(['access', 'report', arn, '--data-dir', '/nonexistent'], /no server answers/, { codes: [1] });
  await createTable(server, 'Music', { options: { credentials: place.credentials[friend] } });
  await refuses(['access', 'report', 'Music', ...socket], /several tables are called "Music"/, { codes: [1] });
});
