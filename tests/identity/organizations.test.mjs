// An organization, told raw: an account that it made outlives a kill of the server, and so does what limits it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { clientSettings } from '../support/clients.mjs';
import { initialize, startServe } from '../support/server.mjs';
import { call, succeed } from '../support/wire.mjs';

const management = '111111111111';
let place;
let server;
before(async () => {
  place = await initialize({ account: management });
  server = await startServe(place);
});
after(() => server?.stop());

const options = (operation, credentials) => ({
  target: `AWSOrganizationsV20161128.${operation}`,
  service: 'organizations',
  contentType: 'application/x-amz-json-1.1',
  credentials,
});
const ask = (operation, body = {}, credentials = place.credentials[management]) =>
  succeed(server, operation, body, options(operation, credentials));
const keysOf = ({ AccessKeyId, SecretAccessKey, SessionToken }) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
});
const document = (Effect, Action) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] });

test('accounts of an organization are real, and its policies hold, across a kill of the server', async () => {
  const { Organization } = await ask('CreateOrganization');
  const { Roots } = await ask('ListRoots');
  const root = Roots[0].Id;
  const { OrganizationalUnit: unit } = await ask('CreateOrganizationalUnit', { ParentId: root, Name: 'limited' });
  const { CreateAccountStatus: made } = await ask('CreateAccount', { AccountName: 'sales', Email: 'sales@example.com' });
  assert.equal(made.State, 'SUCCEEDED');
  await ask('EnablePolicyType', { RootId: root, PolicyType: 'SERVICE_CONTROL_POLICY' });
  const { Policy } = await ask('CreatePolicy', {
    Name: 'no tables',
    Description: '',
    Type: 'SERVICE_CONTROL_POLICY',
    Content: document('Deny', 'dynamodb:*'),
  });
  await ask('AttachPolicy', { PolicyId: Policy.PolicySummary.Id, TargetId: unit.Id });

  const settings = () => clientSettings(server, { credentials: place.credentials[management] });
  const client = new iam.IAMClient(settings());
  await client.send(new iam.CreateUserCommand({ UserName: 'admin' }));
  await client.send(new iam.PutUserPolicyCommand({ UserName: 'admin', PolicyName: 'all', PolicyDocument: document('Allow', '*') }));
  const admin = keysOf((await client.send(new iam.CreateAccessKeyCommand({ UserName: 'admin' }))).AccessKey);
  const RoleArn = `arn:aws:iam::${made.AccountId}:role/OrganizationAccountAccessRole`;
  const { Credentials } = await new sts.STSClient(clientSettings(server, { credentials: admin })).send(
    new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'inside' }),
  );
  const inside = keysOf(Credentials);
  const list = () => call(server, 'ListTables', {}, { credentials: inside });
  assert.equal((await list()).status, 200);
  await ask('MoveAccount', { AccountId: made.AccountId, SourceParentId: root, DestinationParentId: unit.Id });
  const denied = await list();
  assert.equal(denied.status, 400);
  assert.match(denied.json.Message, /with an explicit deny in a service control policy$/);

  await server.kill();
  server = await startServe(place);
  assert.deepEqual((await ask('DescribeOrganization')).Organization, Organization);
  assert.deepEqual((await ask('DescribeOrganization', {}, inside)).Organization, Organization);
  assert.equal((await ask('ListParents', { ChildId: made.AccountId })).Parents[0].Id, unit.Id);
  assert.deepEqual((await ask('DescribeCreateAccountStatus', { CreateAccountRequestId: made.Id })).CreateAccountStatus, made);
  assert.equal((await list()).status, 400);
  await ask('DetachPolicy', { PolicyId: Policy.PolicySummary.Id, TargetId: unit.Id });
  assert.equal((await list()).status, 200);
});
