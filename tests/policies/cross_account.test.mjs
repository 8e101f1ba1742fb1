// A table of one account, read by a role of another: the policy is put by the AWS command line as its users write it, and
// by the SDK; then sessions of that role may read, and nothing else, and nobody else may. What a policy knows of the role
// is the role itself: another one of the same name is a stranger.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { clientSettings } from '../support/clients.mjs';
import { initialize, sleep, startServe, temporaryDirectory } from '../support/server.mjs';

const owner = '111111111111';
const reader = '222222222222';
const stranger = '333333333333';
const TableName = 'CustomerData';
const arn = `arn:aws:dynamodb:us-east-1:${owner}:table/${TableName}`;
const roleArn = `arn:aws:iam::${reader}:role/ReadOnlyRole`;

const script = `aws dynamodb put-resource-policy \\
  --resource-arn arn:aws:dynamodb:us-east-1:111111111111:table/CustomerData \\
  --policy file://cross-account-policy.json
`;
const policy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "AllowCrossAccountRead",
      "Effect": "Allow",
      "Principal": {
        "AWS": "${roleArn}"
      },
      "Action": [
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:Scan"
      ],
      "Resource": "${arn}"
    }
  ]
}
`;
// What reads back of it.
const shown = JSON.stringify(JSON.parse(policy));

const version = spawnSync('aws', ['--version'], { encoding: 'utf8' });
const [, major, minor] = /^aws-cli\/(\d+)\.(\d+)/.exec(version.stdout || version.stderr || '') ?? [];
const skipCli = Number(major) > 1 || Number(minor) >= 33 ? false : 'SKIPPED: no current AWS CLI on PATH';

const Key = { pk: { S: 'ann' }, sk: { S: '1' } };
const schema = {
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
};

let place;
let server;
// By account: clients of its root user.
const roots = {};
before(async () => {
  place = await initialize({ accounts: [owner, reader, stranger] });
  await start();
  await roots[owner].table.send(new dynamodb.CreateTableCommand({ TableName, ...schema }));
  await dynamodb.waitUntilTableExists({ client: roots[owner].table, maxWaitTime: 20, minDelay: 0.02 }, { TableName });
  await roots[owner].table.send(new dynamodb.PutItemCommand({ TableName, Item: { ...Key, name: { S: 'Ann' } } }));
});
after(() => server?.stop());

async function start() {
  server = await startServe(place);
  for (const account of [owner, reader, stranger]) roots[account] = clientsOf(place.credentials[account]);
}
function clientsOf(credentials) {
  const settings = clientSettings(server, { credentials });
  return { table: new dynamodb.DynamoDBClient(settings), iam: new iam.IAMClient(settings), sts: new sts.STSClient(settings) };
}

const document = (...statements) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const trusting = (principal) => document({ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' });
const allowing = (Action, Resource = '*') => document({ Effect: 'Allow', Action, Resource });

async function makeUser(account, UserName, PolicyDocument) {
  await roots[account].iam.send(new iam.CreateUserCommand({ UserName }));
  if (PolicyDocument) await roots[account].iam.send(new iam.PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
  const { AccessKey } = await roots[account].iam.send(new iam.CreateAccessKeyCommand({ UserName }));
  return clientsOf({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey });
}
async function makeRole(account, RoleName, PolicyDocument) {
  await roots[account].iam.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting(account) }));
  if (PolicyDocument) await roots[account].iam.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
}
async function deleteRole(account, RoleName) {
  await roots[account].iam.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: 'own' }));
  await roots[account].iam.send(new iam.DeleteRoleCommand({ RoleName }));
}
async function assume(clients, RoleArn, RoleSessionName = 'session') {
  const { Credentials: given } = await clients.sts.send(new sts.AssumeRoleCommand({ RoleArn, RoleSessionName }));
  return clientsOf({ accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken });
}

const reads = (name = arn) => [
  new dynamodb.GetItemCommand({ TableName: name, Key }),
  new dynamodb.QueryCommand({ TableName: name, KeyConditionExpression: 'pk = :a', ExpressionAttributeValues: { ':a': Key.pk } }),
  new dynamodb.ScanCommand({ TableName: name }),
];
const others = [
  new dynamodb.PutItemCommand({ TableName: arn, Item: Key }),
  new dynamodb.UpdateItemCommand({ TableName: arn, Key, UpdateExpression: 'SET v = pk' }),
  new dynamodb.DeleteItemCommand({ TableName: arn, Key }),
  new dynamodb.ScanCommand({ TableName: arn, IndexName: 'byName' }),
  new dynamodb.BatchGetItemCommand({ RequestItems: { [arn]: { Keys: [Key] } } }),
  new dynamodb.BatchWriteItemCommand({ RequestItems: { [arn]: [{ DeleteRequest: { Key } }] } }),
  new dynamodb.TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName: arn, Key } }] }),
  new dynamodb.ExecuteStatementCommand({ Statement: `SELECT * FROM "${arn}"` }),
  new dynamodb.DescribeTableCommand({ TableName: arn }),
  new dynamodb.UpdateTableCommand({ TableName: arn, DeletionProtectionEnabled: true }),
  new dynamodb.DeleteTableCommand({ TableName: arn }),
  new dynamodb.DescribeTimeToLiveCommand({ TableName: arn }),
  new dynamodb.DescribeContinuousBackupsCommand({ TableName: arn }),
  new dynamodb.ListTagsOfResourceCommand({ ResourceArn: arn }),
  new dynamodb.TagResourceCommand({ ResourceArn: arn, Tags: [{ Key: 'a', Value: 'b' }] }),
];
const nameOf = (command) => command.constructor.name;

async function mayRead(clients) {
  for (const command of reads()) {
    const answer = await clients.table.send(command);
    assert.deepEqual(answer.Item ?? answer.Items[0], { ...Key, name: { S: 'Ann' } }, nameOf(command));
  }
}
async function denied(clients, commands, pattern = /AccessDenied/) {
  for (const command of commands) {
    await assert.rejects(clients.table.send(command), (error) => {
      assert.equal(error.name, 'AccessDeniedException', `${nameOf(command)}: ${error}`);
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.match(`${error.name}: ${error.message}`, pattern, nameOf(command));
      return true;
    });
  }
}
// Once the log has such a line.
async function logged(pattern) {
  for (let i = 0; i < 1000 && !pattern.test(server.stderr); i++) await sleep(10);
  assert.match(server.stderr, pattern);
}
const putPolicy = (Policy = policy) => roots[owner].table.send(new dynamodb.PutResourcePolicyCommand({ ResourceArn: arn, Policy }));
const getPolicy = async () => (await roots[owner].table.send(new dynamodb.GetResourcePolicyCommand({ ResourceArn: arn }))).Policy;

test('a principal that does not exist is refused, and the log says what would make it', async () => {
  await assert.rejects(putPolicy(), {
    name: 'ValidationException',
    message: 'One or more parameter values were invalid: Invalid principal in policy document.',
  });
  await logged(/a policy names a principal that does not exist .*principal=arn:aws:iam::222222222222:role\/ReadOnlyRole/);
  await logged(/create_it_with="aws iam create-role --role-name ReadOnlyRole --assume-role-policy-document file:\/\/trust\.json"/);
  const named = (AWS) => policy.replace(roleArn, AWS);
  await assert.rejects(putPolicy(named(`arn:aws:iam::${reader}:user/team/ann`)), { name: 'ValidationException' });
  await logged(/create_it_with="aws iam create-user --user-name ann --path \/team\/"/);
  await assert.rejects(putPolicy(named('444444444444')), { name: 'ValidationException' });
  await logged(/principal=arn:aws:iam::444444444444:root create_it_with="basalt account create 444444444444"/);
  await assert.rejects(putPolicy(named(`arn:aws:iam::${reader}:role/*`)), { name: 'ValidationException' });
});

test('the script of the documentation, as it is', { skip: skipCli }, async () => {
  await makeRole(reader, 'ReadOnlyRole', allowing('dynamodb:*'));
  const home = temporaryDirectory('script');
  writeFileSync(path.join(home, 'put-resource-policy.sh'), script);
  writeFileSync(path.join(home, 'cross-account-policy.json'), policy);
  writeFileSync(path.join(home, 'config'), '');
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const end = spawnSync('sh', ['put-resource-policy.sh'], {
    cwd: home,
    encoding: 'utf8',
    timeout: 60_000,
    env: {
      ...environment,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PROFILE: owner,
      AWS_SHARED_CREDENTIALS_FILE: place.credentialsFile,
      AWS_CONFIG_FILE: path.join(home, 'config'),
      AWS_PAGER: '',
      AWS_MAX_ATTEMPTS: '1',
    },
  });
  assert.equal(end.status, 0, end.stderr);
  assert.match(JSON.parse(end.stdout).RevisionId, /^\d{13}$/);
  assert.equal(await getPolicy(), shown);
  await roots[owner].table.send(new dynamodb.DeleteResourcePolicyCommand({ ResourceArn: arn }));
  await deleteRole(reader, 'ReadOnlyRole');
});

test('sessions of the role may read the table by its ARN and nothing else, and nobody else may', async () => {
  await makeRole(reader, 'ReadOnlyRole', allowing('dynamodb:*'));
  await makeRole(reader, 'Other', allowing('dynamodb:*'));
  const user = await makeUser(reader, 'ann', allowing(['dynamodb:*', 'sts:AssumeRole']));
  const session = await assume(user, roleArn);
  await denied(session, reads(), /because no resource-based policy allows the dynamodb:\w+ action$/);
  const { RevisionId } = await putPolicy();
  assert.match(RevisionId, /^\d{13}$/);
  assert.equal(await getPolicy(), shown);
  assert.equal((await putPolicy()).RevisionId, RevisionId);
  await mayRead(session);
  await denied(session, others);
  // By its name it is a table of the session's own account, which has none.
  await assert.rejects(session.table.send(reads(TableName)[0]), { name: 'ResourceNotFoundException' });
  assert.deepEqual((await session.table.send(new dynamodb.ListTablesCommand({}))).TableNames, []);

  const message = /^AccessDeniedException: User: \S+ is not authorized to perform: dynamodb:\w+ on resource: \S+ because no resource-based/;
  await denied(user, reads(), message);
  await denied(await assume(user, `arn:aws:iam::${reader}:role/Other`), reads(), message);
  await denied(roots[reader], reads(), message);
  await denied(roots[stranger], reads(), message);
  await denied(await makeUser(stranger, 'eve', allowing('*')), reads(), message);
  // In the owner's account nobody without a policy of his own.
  await denied(await makeUser(owner, 'bob'), reads(), /because no identity-based policy allows the dynamodb:\w+ action$/);
  await mayRead(await makeUser(owner, 'kim', allowing('dynamodb:*', arn)));
});

test('both sides must allow: the role needs a policy of its own, and the table a policy for the role', async () => {
  const user = await makeUser(reader, 'max', allowing('sts:AssumeRole'));
  const session = await assume(user, roleArn);
  await mayRead(session);
  const own = (PolicyDocument) =>
    roots[reader].iam.send(new iam.PutRolePolicyCommand({ RoleName: 'ReadOnlyRole', PolicyName: 'own', PolicyDocument }));
  await own(allowing('dynamodb:DescribeTable'));
  await denied(session, reads(), /because no identity-based policy allows the dynamodb:\w+ action$/);
  await own(document({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: 'dynamodb:*', Resource: arn }));
  await denied(session, reads(), /with an explicit deny in an identity-based policy$/);
  await own(allowing('dynamodb:*'));
  await mayRead(session);
  // A session policy takes away what it does not name.
  const { Credentials: given } = await user.sts.send(
    new sts.AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'less', Policy: allowing('dynamodb:Query') }),
  );
  const less = clientsOf({ accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken });
  const [get, query] = reads();
  await less.table.send(query);
  await denied(less, [get], /because no session policy allows the dynamodb:GetItem action$/);
  await roots[owner].table.send(new dynamodb.DeleteResourcePolicyCommand({ ResourceArn: arn }));
  await denied(session, reads(), /because no resource-based policy allows/);
  await putPolicy();
  await mayRead(session);
});

test('policies are there after kill -9', async () => {
  const user = await makeUser(reader, 'eva', allowing('sts:AssumeRole'));
  await server.kill();
  await start();
  assert.equal(await getPolicy(), shown);
  const keys = user.sts.config.credentials;
  const again = clientsOf(await keys());
  await mayRead(await assume(again, roleArn));
  await denied(roots[stranger], reads());
});

test('a role made again under the same name is another one', async () => {
  const user = await makeUser(reader, 'ida', allowing('sts:AssumeRole'));
  const { Role } = await roots[reader].iam.send(new iam.GetRoleCommand({ RoleName: 'ReadOnlyRole' }));
  const before = await assume(user, roleArn);
  await deleteRole(reader, 'ReadOnlyRole');
  assert.equal(await getPolicy(), shown.replace(roleArn, Role.RoleId));
  assert.match(Role.RoleId, /^AROA[A-Z2-7]{17}$/);
  await assert.rejects(before.table.send(reads()[0]), { name: 'UnrecognizedClientException' });
  await makeRole(reader, 'ReadOnlyRole', allowing('dynamodb:*'));
  await denied(await assume(user, roleArn), reads(), /because no resource-based policy allows/);
  assert.equal(await getPolicy(), shown.replace(roleArn, Role.RoleId));
  // Once the policy is put again it is the new one.
  await putPolicy();
  assert.equal(await getPolicy(), shown);
  await mayRead(await assume(user, roleArn));
});

test('each user has the items under his own name', async () => {
  const conditions = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': '${aws:username}' } };
  const table = `arn:aws:dynamodb:us-east-1:${owner}:table/Notes`;
  const own = document({
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
    Resource: table,
    Condition: conditions,
  });
  await roots[owner].table.send(new dynamodb.CreateTableCommand({ TableName: 'Notes', ...schema }));
  await dynamodb.waitUntilTableExists({ client: roots[owner].table, maxWaitTime: 20, minDelay: 0.02 }, { TableName: 'Notes' });
  const users = { una: await makeUser(owner, 'una', own), udo: await makeUser(owner, 'udo', own) };
  const keyOf = (name) => ({ pk: { S: name }, sk: { S: '1' } });
  const get = (...names) => new dynamodb.BatchGetItemCommand({ RequestItems: { Notes: { Keys: names.map(keyOf) } } });
  for (const [name, clients] of Object.entries(users)) {
    const other = name === 'una' ? 'udo' : 'una';
    await clients.table.send(new dynamodb.PutItemCommand({ TableName: 'Notes', Item: keyOf(name) }));
    assert.deepEqual((await clients.table.send(get(name))).Responses.Notes, [keyOf(name)]);
    await denied(clients, [
      new dynamodb.PutItemCommand({ TableName: 'Notes', Item: keyOf(other) }),
      new dynamodb.GetItemCommand({ TableName: 'Notes', Key: keyOf(other) }),
      get(name, other),
      new dynamodb.ScanCommand({ TableName: 'Notes' }),
    ]);
  }
});
