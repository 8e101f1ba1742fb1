// Users, roles and sessions of two accounts with the JavaScript SDK: who assumes what, what outlives a kill of the
// server, and which tokens are good for nothing.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../support/clients.mjs';
import { initialize, run, startServe } from '../support/server.mjs';

const home = '111111111111';
const other = '222222222222';

let place;
let server;
before(async () => {
  place = await initialize({ accounts: [home, other] });
  server = await startServe(place);
});
after(() => server?.stop());

const clientsOf = (credentials) => {
  const settings = clientSettings(server, { credentials });
  return { iam: new iam.IAMClient(settings), sts: new sts.STSClient(settings), table: new dynamodb.DynamoDBClient(settings) };
};
const rootOf = (account) => clientsOf(place.credentials[account]);
const keysOf = ({ AccessKeyId, SecretAccessKey, SessionToken }) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
});
const document = (...statements) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allowing = (Action) => document({ Effect: 'Allow', Action, Resource: '*' });
const trusting = (AWS, Condition) => document({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', Condition });

async function makeUser(account, UserName, PolicyDocument) {
  const { iam: client } = rootOf(account);
  await client.send(new iam.CreateUserCommand({ UserName }));
  await client.send(new iam.PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
  return keysOf((await client.send(new iam.CreateAccessKeyCommand({ UserName }))).AccessKey);
}
async function makeRole(account, RoleName, AssumeRolePolicyDocument, PolicyDocument) {
  const { iam: client } = rootOf(account);
  await client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
  return `arn:aws:iam::${account}:role/${RoleName}`;
}
async function assume(credentials, RoleArn, more = {}) {
  const command = new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...more });
  return keysOf((await clientsOf(credentials).sts.send(command)).Credentials);
}
const whoIs = (credentials) => clientsOf(credentials).sts.send(new sts.GetCallerIdentityCommand({}));
const listTables = (credentials) => clientsOf(credentials).table.send(new dynamodb.ListTablesCommand({}));
const named = (name) => (error) => error.name === name || assert.fail(`${error.name}: ${error.message}`);

test('a user of another account assumes a role if both sides allow it', async () => {
  const eve = await makeUser(other, 'eve', allowing('sts:AssumeRole'));
  const arn = await makeRole(home, 'reader', trusting(`arn:aws:iam::${other}:user/eve`), allowing('dynamodb:List*'));
  const session = await assume(eve, arn);
  assert.deepEqual((await whoIs(session)).Arn, `arn:aws:sts::${home}:assumed-role/reader/session`);
  await listTables(session);
  await assert.rejects(clientsOf(session).table.send(new dynamodb.DescribeLimitsCommand({})), named('AccessDeniedException'));
  const { iam: client } = rootOf(other);
  await client.send(new iam.DeleteUserPolicyCommand({ UserName: 'eve', PolicyName: 'own' }));
  await assert.rejects(assume(eve, arn), named('AccessDenied'));
});

test('users, keys, roles and the sessions of these outlive a kill of the server', async () => {
  const ann = await makeUser(home, 'ann', allowing(['sts:AssumeRole', 'iam:*']));
  const arn = await makeRole(home, 'worker', trusting(home), allowing('*'));
  const session = await assume(ann, arn, { Policy: allowing('dynamodb:ListTables') });
  const before = await clientsOf(ann).iam.send(new iam.GetUserCommand({}));
  await server.kill();
  const { code, stdout } = await run(['verify', '--data-dir', place.directory, '--root-key', place.rootKey]);
  assert.equal(code, 0, stdout);
  server = await startServe(place);
  assert.deepEqual((await clientsOf(ann).iam.send(new iam.GetUserCommand({}))).User, before.User);
  await listTables(session);
  await assert.rejects(clientsOf(session).table.send(new dynamodb.DescribeLimitsCommand({})), named('AccessDeniedException'));
  await listTables(await assume(ann, arn));
});

test('a deleted role ends its sessions, also when another is made by its name', async () => {
  const bob = await makeUser(home, 'bob', allowing('sts:AssumeRole'));
  const arn = await makeRole(home, 'brief', trusting(home), allowing('*'));
  const session = await assume(bob, arn);
  await listTables(session);
  const { iam: client } = rootOf(home);
  await client.send(new iam.DeleteRolePolicyCommand({ RoleName: 'brief', PolicyName: 'own' }));
  await assert.rejects(listTables(session), named('AccessDeniedException'));
  await client.send(new iam.DeleteRoleCommand({ RoleName: 'brief' }));
  await assert.rejects(whoIs(session), named('InvalidClientTokenId'));
  await makeRole(home, 'brief', trusting(home), allowing('*'));
  await assert.rejects(listTables(session), named('UnrecognizedClientException'));
});

test('tokens that were changed, belong to another key or another server are refused', async () => {
  const carl = await makeUser(home, 'carl', allowing('sts:AssumeRole'));
  const arn = await makeRole(home, 'sealed', trusting(home), allowing('*'));
  const session = await assume(carl, arn);
  const second = await assume(carl, arn);
  const elsewhere = await initialize({ accounts: [home] });
  const foreign = await startServe(elsewhere);
  let theirs;
  try {
    const settings = clientSettings(foreign, { credentials: elsewhere.credentials[home] });
    theirs = keysOf((await new sts.STSClient(settings).send(new sts.GetSessionTokenCommand({}))).Credentials);
  } finally {
    await foreign.stop();
  }
  const middle = session.sessionToken.length >> 1;
  const flipped = session.sessionToken[middle] === 'A' ? 'B' : 'A';
  const changed = session.sessionToken.slice(0, middle) + flipped + session.sessionToken.slice(middle + 1);
  for (const credentials of [
    { ...session, sessionToken: changed },
    { ...session, sessionToken: second.sessionToken },
    { ...session, sessionToken: undefined },
    { ...carl, sessionToken: session.sessionToken },
    { ...session, sessionToken: '' + session.sessionToken + 'AAAA' },
    theirs,
  ]) {
    await assert.rejects(whoIs(credentials), named('InvalidClientTokenId'));
    await assert.rejects(listTables(credentials), named('UnrecognizedClientException'));
  }
  await assert.rejects(whoIs({ ...session, secretAccessKey: second.secretAccessKey }), named('SignatureDoesNotMatch'));
  await whoIs(session);
});

test('a key that is inactive or deleted is refused at once', async () => {
  const dan = await makeUser(home, 'dan', allowing('*'));
  const { iam: client } = rootOf(home);
  const key = { UserName: 'dan', AccessKeyId: dan.accessKeyId };
  await whoIs(dan);
  await client.send(new iam.UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
  await assert.rejects(whoIs(dan), named('InvalidClientTokenId'));
  await client.send(new iam.UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
  const { UserName, AccessKeyLastUsed } = await client.send(new iam.GetAccessKeyLastUsedCommand({ AccessKeyId: dan.accessKeyId }));
  assert.deepEqual([UserName, AccessKeyLastUsed.ServiceName, AccessKeyLastUsed.Region], ['dan', 'sts', 'us-east-1']);
  await client.send(new iam.DeleteAccessKeyCommand(key));
  await assert.rejects(whoIs(dan), named('InvalidClientTokenId'));
});
