// People whom an OIDC provider knows: its tokens make sessions of roles that trust it, with keys from a file that is
// read again on SIGHUP.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { clientSettings } from '../support/clients.mjs';
import { configuredBy, initialize, sleep, startServe, temporaryDirectory } from '../support/server.mjs';
import { createTable } from '../support/tables.mjs';

const account = '111111111111';
const issuer = 'https://idp.example.com/tenant';
const provider = `arn:aws:iam::${account}:oidc-provider/idp.example.com/tenant`;
const RoleArn = `arn:aws:iam::${account}:role/people`;
const jwks = path.join(temporaryDirectory('jwks'), 'keys.json');

// Signs as a provider does; `kid` names the key.
function makeKey(kid, kind) {
  const pair = kind === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, kind, ...pair, jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid, alg: kind, use: 'sig' } };
}
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function tokenOf(key, claims = {}) {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: issuer, sub: 'ann', aud: 'app', iat: now, exp: now + 600, ...claims };
  const text = `${encoded({ alg: key.kind, kid: key.kid, typ: 'JWT' })}.${encoded(all)}`;
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
const publish = (...keys) => writeFileSync(jwks, JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));

const rsa = makeKey('one', 'RS256');
const next = makeKey('two', 'ES256');
let place;
let server;
before(async () => {
  publish(rsa);
  place = await initialize({ account });
  server = await startServe(place, { flags: configuredBy(`[[oidc]]\nissuer = "${issuer}"\nkeys = "${jwks}"\n`) });
  const client = new iam.IAMClient(clientSettings(server, { credentials: place.credentials[account] }));
  await client.send(new iam.CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ['app'] }));
  const statement = (fields) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...fields }] });
  await client.send(
    new iam.CreateRoleCommand({
      RoleName: 'people',
      AssumeRolePolicyDocument: statement({
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringLike: { 'idp.example.com/tenant:sub': 'a*' } },
      }),
    }),
  );
  await createTable(server, 'notes', { options: { credentials: place.credentials[account] } });
  await client.send(
    new iam.PutRolePolicyCommand({
      RoleName: 'people',
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'dynamodb:*', Resource: 'arn:aws:dynamodb:*:*:table/${idp.example.com/tenant:sub}' },
          {
            Effect: 'Allow',
            Action: 'dynamodb:GetItem',
            Resource: 'arn:aws:dynamodb:*:*:table/notes',
            Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': '${idp.example.com/tenant:sub}' } },
          },
        ],
      }),
    }),
  );
});
after(() => server?.stop());

const assume = (WebIdentityToken) =>
  new sts.STSClient({ ...clientSettings(server), credentials: undefined }).send(
    new sts.AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'session', WebIdentityToken }),
  );
const named = (name) => (error) => error.name === name || assert.fail(`${error.name}: ${error.message}`);

test('a token makes a session, whose policies know what the token said', async () => {
  const { Credentials, SubjectFromWebIdentityToken, Provider, Audience } = await assume(tokenOf(rsa));
  assert.deepEqual([SubjectFromWebIdentityToken, Provider, Audience], ['ann', provider, 'app']);
  const credentials = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
  const client = new dynamodb.DynamoDBClient(clientSettings(server, { credentials }));
  const describe = (TableName) => client.send(new dynamodb.DescribeTableCommand({ TableName }));
  await assert.rejects(describe('ann'), named('ResourceNotFoundException'));
  await assert.rejects(describe('eve'), named('AccessDeniedException'));
  const get = (pk) => client.send(new dynamodb.GetItemCommand({ TableName: 'notes', Key: { pk: { S: pk } } }));
  assert.equal((await get('ann')).Item, undefined);
  await assert.rejects(get('eve'), named('AccessDeniedException'));
});

test('tokens of others, for others, or of another time are refused', async () => {
  const now = Math.floor(Date.now() / 1000);
  await assert.rejects(assume(tokenOf(rsa, { sub: 'eve' })), named('AccessDenied'));
  await assert.rejects(assume(tokenOf(rsa, { aud: 'other' })), named('InvalidIdentityTokenException'));
  await assert.rejects(assume(tokenOf(rsa, { iss: 'https://elsewhere.example.com' })), named('InvalidIdentityTokenException'));
  await assert.rejects(assume(tokenOf(rsa, { exp: now - 1 })), named('ExpiredTokenException'));
  await assert.rejects(assume(tokenOf(makeKey('one', 'RS256'))), named('InvalidIdentityTokenException'));
});

test('keys are read again on SIGHUP, and those that cannot be used change nothing', async () => {
  await assert.rejects(assume(tokenOf(next)), named('InvalidIdentityTokenException'));
  publish(next);
  process.kill(server.pid, 'SIGHUP');
  for (let tries = 0; ; ++tries) {
    try {
      await assume(tokenOf(next));
      break;
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(50);
    }
  }
  await assert.rejects(assume(tokenOf(rsa)), named('InvalidIdentityTokenException'));
  writeFileSync(jwks, 'no keys');
  process.kill(server.pid, 'SIGHUP');
  for (let tries = 0; !/keys of OIDC providers stay as they are/.test(server.stderr); ++tries) {
    assert.ok(tries < 100, 'nothing is said of keys that cannot be used');
    await sleep(50);
  }
  await assume(tokenOf(next));
});
