// Signature Version 4 as the server judges it: each error in its order, header and query form, dev and serve, and
// STS GetCallerIdentity.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { initialize, startDev, startServe } from '../support/server.mjs';
import {
  Connection,
  call,
  checkEnvelope,
  hostOf,
  jsonType,
  operationBytes,
  refuse,
  request,
  requestBytes,
  service,
  succeed,
} from '../support/wire.mjs';
import { amzDate, presign, signHeaders, testCredentials } from '../support/signer.mjs';

let dev;
let serve;
let owner;
before(async () => {
  dev = await startDev({ inMemory: true });
  const place = await initialize({ accounts: ['111111111111', '222222222222'] });
  owner = place.credentials['111111111111'];
  serve = await startServe(place);
  serve.credentials = place.credentials;
});
after(() => Promise.all([dev?.stop(), serve?.stop()]));

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. ' +
  'Consult the service documentation for details.';
const invalidToken = 'The security token included in the request is invalid.';
const target = 'DynamoDB_20120810.ListTables';

// Sends a request whose Authorization header is given as it is.
async function sendRaw(server, headers, { query = '', body = '{}' } = {}) {
  const all = { host: hostOf(server), 'content-type': jsonType, 'x-amz-target': target, ...headers };
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
  const response = checkEnvelope(await request(server, { target: `/${query}`, headers: all, body }));
  response.json = JSON.parse(response.text);
  return response;
}
async function refuseRaw(server, headers, name, message, options) {
  const response = await sendRaw(server, headers, options);
  assert.equal(response.text, JSON.stringify(service(name, message)));
  assert.equal(response.status, 400);
}
const signed = (server, bend, options = {}) =>
  signHeaders({ headers: { host: hostOf(server), 'content-type': jsonType, 'x-amz-target': target }, body: '{}', bend, ...options });

for (const [mode, server] of [
  ['dev', () => dev],
  ['serve', () => serve],
]) {
  const credentials = () => (mode === 'serve' ? owner : testCredentials);

  test(`${mode}: 1. no signature at all`, async () => {
    await refuseRaw(server(), {}, 'MissingAuthenticationTokenException', 'Request is missing Authentication Token');
    await refuseRaw(
      server(),
      { authorization: 'Bearer abc' },
      'MissingAuthenticationTokenException',
      'Request is missing Authentication Token',
    );
  });

  test(`${mode}: 2. both forms at once`, () =>
    refuseRaw(
      server(),
      signed(server(), {}, { credentials: credentials() }),
      'InvalidSignatureException',
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
      { query: `?${presign({ method: 'POST', host: hostOf(server()), body: '{}', service: 'dynamodb', credentials: credentials() })}` },
    ));

  test(`${mode}: 3. an element without an equal sign`, async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential, SignedHeaders=host, Signature=00';
    await refuseRaw(
      server(),
      { authorization, 'x-amz-date': amzDate() },
      'IncompleteSignatureException',
      `'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`,
    );
  });

  test(`${mode}: 4. missing parts, all named`, async () => {
    const authorization = 'AWS4-HMAC-SHA256 X=y';
    await refuseRaw(
      server(),
      { authorization },
      'IncompleteSignatureException',
      "Authorization header requires 'Credential' parameter. " +
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. " +
        `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=${authorization}`,
    );
    const { authorization: whole } = signed(server(), {}, { credentials: credentials() });
    await refuseRaw(
      server(),
      { authorization: whole },
      'IncompleteSignatureException',
      `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=${whole}`,
    );
    for (const part of ['Credential', 'SignedHeaders', 'Signature']) {
      const left = whole.replace(new RegExp(`${part}=[^,]+(, )?`), '').replace(/, $/, '');
      await refuseRaw(
        server(),
        { authorization: left, 'x-amz-date': amzDate() },
        'IncompleteSignatureException',
        `Authorization header requires '${part}' parameter. Authorization=${left}`,
      );
    }
  });

  test(`${mode}: 5. a date that is none`, () =>
    refuseRaw(
      server(),
      signed(server(), { date: 'yesterday', scopeDate: '20200101' }, { credentials: credentials() }),
      'IncompleteSignatureException',
      "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601",
    ));

  test(`${mode}: 6. a clock that is off by more than five minutes`, async () => {
    for (const [minutes, pattern] of [
      [-10, /^Signature expired: (\w+) is now earlier than (\w+) \((\w+) - 5 min\.\)$/],
      [10, /^Signature not yet current: (\w+) is still later than (\w+) \((\w+) \+ 5 min\.\)$/],
    ]) {
      const now = new Date(Date.now() + minutes * 60_000);
      const response = await sendRaw(server(), signed(server(), {}, { now, credentials: credentials() }));
      assert.equal(response.json.__type, 'com.amazon.coral.service#InvalidSignatureException');
      const [, given, bound, clock] = pattern.exec(response.json.message) ?? assert.fail(response.text);
      const parse = (t) => Date.parse(t.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
      assert.equal(given, amzDate(now));
      assert.equal(parse(bound) - parse(clock), Math.sign(minutes) * 300_000);
      assert.ok(Math.abs(parse(clock) - Date.now()) < 60_000);
    }
    for (const minutes of [-4, 4]) {
      assert.equal(
        (await sendRaw(server(), signed(server(), {}, { now: new Date(Date.now() + minutes * 60_000), credentials: credentials() })))
          .status,
        200,
      );
    }
  });

  test(`${mode}: 7. the host is not signed`, () =>
    refuseRaw(
      server(),
      signed(server(), { signedHeaders: ['x-amz-date', 'x-amz-target'] }, { credentials: credentials() }),
      'InvalidSignatureException',
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ));

  test(`${mode}: 8. another algorithm`, () =>
    refuseRaw(
      server(),
      signed(server(), { algorithm: 'AWS4-ECDSA-P256-SHA256' }, { credentials: credentials() }),
      'IncompleteSignatureException',
      "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ",
    ));

  test(`${mode}: 9. a credential of four elements`, async () => {
    const headers = signed(server(), {}, { credentials: credentials() });
    headers.authorization = headers.authorization.replace('/aws4_request', '');
    const credential = /Credential=([^,]+)/.exec(headers.authorization)[1];
    await refuseRaw(
      server(),
      headers,
      'IncompleteSignatureException',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  });

  test(`${mode}: 10. a wrong scope, every part of it named`, async () => {
    const now = new Date();
    const date = amzDate(now);
    await refuseRaw(
      server(),
      signed(server(), { region: 'nowhere-1', terminator: 'aws5', scopeDate: '20010101' }, { now, credentials: credentials() }),
      'InvalidSignatureException',
      "Credential should be scoped to a valid region, not 'nowhere-1'. Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. " +
        `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20010101' != '${date.slice(0, 8)}', from '${date}'.`,
    );
    await refuseRaw(
      server(),
      signed(server(), { service: 's3' }, { credentials: credentials() }),
      'InvalidSignatureException',
      "Credential should be scoped to correct service: 'dynamodb'. ",
    );
  });

  test(`${mode}: the order of the checks: the earlier defect is the one reported`, async () => {
    const headers = signed(
      server(),
      { date: 'yesterday', scopeDate: '20200101', signedHeaders: ['x-amz-date'], algorithm: 'AWS4-OTHER', region: 'nowhere-1' },
      { credentials: credentials() },
    );
    assert.match((await sendRaw(server(), headers)).json.message, /^Date must be in ISO-8601/);
    const late = signed(
      server(),
      { signedHeaders: ['x-amz-date'], region: 'nowhere-1' },
      { now: new Date(Date.now() - 3_600_000), credentials: credentials() },
    );
    assert.match((await sendRaw(server(), late)).json.message, /^Signature expired/);
  });
}

test('serve: 11. an unknown key', () =>
  refuse(serve, 'ListTables', {}, service('UnrecognizedClientException', invalidToken), {
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' },
  }));

test('serve: a 12-digit key is an unknown key there', () =>
  refuse(serve, 'ListTables', {}, service('UnrecognizedClientException', invalidToken), { credentials: testCredentials }));

test('serve: a session token that is not ours', () =>
  refuse(serve, 'ListTables', {}, service('UnrecognizedClientException', invalidToken), {
    credentials: { ...owner, sessionToken: 'FwoGZXIvYXdzEXAMPLE' },
  }));

test('serve: 13. a wrong secret', () =>
  refuse(serve, 'ListTables', {}, service('InvalidSignatureException', mismatch), { credentials: { ...owner, secretAccessKey: 'wrong' } }));

test('serve: 13. anything signed that was changed under way', async () => {
  const bytes = operationBytes(serve, 'ListTables', '{"Limit":10}', { credentials: owner }).toString('latin1');
  const last = (text) => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
  const signatureOf = /Signature=([0-9a-f]{64})/.exec(bytes)[1];
  for (const [what, changed] of [
    ['body', bytes.replace('"Limit":10', '"Limit":11')],
    ['operation', bytes.replace('ListTables', 'DescribeTable')],
    ['host', bytes.replace(`host: ${hostOf(serve)}`, 'host: 127.0.0.1')],
    ['path', bytes.replace('POST / ', 'POST /x ')],
    ['query', bytes.replace('POST / ', 'POST /?a=b ')],
    ['signature', bytes.replace(signatureOf, last(signatureOf))],
    ['short signature', bytes.replace(signatureOf, signatureOf.slice(0, 10))],
    ['upper case', bytes.replace(signatureOf, signatureOf.toUpperCase())],
  ]) {
    const connection = new Connection(serve);
    const response = await connection.exchange(changed);
    connection.close();
    assert.notEqual(response.status, 200, what);
    if (what !== 'path') assert.match(response.text, /InvalidSignatureException/, `${what}: ${response.text}`);
  }
});

test('serve: what clients really send verifies: extra spaces, repeated headers, unsigned extras, payload hash', async () => {
  await succeed(serve, 'ListTables', {}, { credentials: owner });
  await succeed(serve, 'ListTables', {}, { credentials: owner, headers: { 'x-amz-meta': '  a   b  ' } });
  await succeed(
    serve,
    'ListTables',
    {},
    { credentials: owner, headers: { 'amz-sdk-invocation-id': 'x', 'user-agent': 'some client/1.0', accept: '*/*' } },
  );
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update('{}').digest('hex');
  await succeed(serve, 'ListTables', '{}', { credentials: owner, headers: { 'x-amz-content-sha256': hash } });
  await refuse(serve, 'ListTables', '{}', service('InvalidSignatureException', mismatch), {
    credentials: owner,
    headers: { 'x-amz-content-sha256': hash.replace(/^./, (c) => (c === '0' ? '1' : '0')) },
  });
  await refuse(serve, 'ListTables', '{}', service('InvalidSignatureException', mismatch), {
    credentials: owner,
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  });
});

test('serve: two accounts do not see each other', async () => {
  const other = serve.credentials['222222222222'];
  await succeed(
    serve,
    'CreateTable',
    {
      TableName: 'private',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
    { credentials: owner },
  );
  assert.deepEqual(await succeed(serve, 'ListTables', {}, { credentials: owner }), { TableNames: ['private'] });
  assert.deepEqual(await succeed(serve, 'ListTables', {}, { credentials: other }), { TableNames: [] });
});

test('serve: the signing keys are those of the day, the region and the service', async () => {
  for (let i = 0; i < 3; i++) await succeed(serve, 'ListTables', {}, { credentials: owner });
  await refuse(serve, 'ListTables', {}, service('InvalidSignatureException', mismatch), {
    credentials: { ...owner, secretAccessKey: `${owner.secretAccessKey}x` },
  });
  await succeed(serve, 'ListTables', {}, { credentials: owner });
});

test('dev: a 12-digit key names its account, any other key the zero account, whatever the secret', async () => {
  const arnOf = async (accessKeyId) => {
    const credentials = { accessKeyId, secretAccessKey: 'whatever' };
    const TableName = `t-${accessKeyId.toLowerCase()}`;
    const { TableDescription } = await succeed(
      dev,
      'CreateTable',
      {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
      { credentials },
    );
    return TableDescription.TableArn.split(':')[4];
  };
  assert.equal(await arnOf('123456789012'), '123456789012');
  assert.equal(await arnOf('AKIAIOSFODNN7EXAMPLE'), '000000000000');
  assert.equal(await arnOf('local'), '000000000000');
});

test('dev: with a key that was never issued, a session token means nothing', async () => {
  assert.deepEqual(Object.keys(await succeed(dev, 'ListTables', {}, { credentials: { ...testCredentials, sessionToken: 'made up' } })), [
    'TableNames',
  ]);
});

// STS speaks the query protocol: form bodies or query strings, XML answers.
const identity = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
async function sts(server, { credentials = owner, bend, region = 'us-east-1', body = new URLSearchParams(identity).toString() } = {}) {
  const headers = signHeaders({
    headers: { host: hostOf(server), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
    service: 'sts',
    region,
    credentials,
    bend,
  });
  return request(server, { headers, body });
}
function assertRoot(response, account) {
  assert.equal(response.status, 200, response.text);
  assert.match(response.headers['content-type'], /^text\/xml/);
  assert.match(response.text, new RegExp(`<Arn>arn:aws:iam::${account}:root</Arn>`));
  assert.match(response.text, new RegExp(`<UserId>${account}</UserId>`));
  assert.match(response.text, new RegExp(`<Account>${account}</Account>`));
  assert.match(response.text, /^(<\?xml[^>]*\?>\s*)?<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">/);
  assert.match(response.text, /<ResponseMetadata>\s*<RequestId>[^<]+<\/RequestId>/);
}

test('GetCallerIdentity, signed in headers', async () => {
  assertRoot(await sts(serve), '111111111111');
  assertRoot(await sts(dev, { credentials: testCredentials }), '111111111111');
});

test('GetCallerIdentity, presigned', async () => {
  const get = (parameters) =>
    request(serve, {
      method: 'GET',
      target: `/?${presign({ host: hostOf(serve), parameters: identity, credentials: owner, ...parameters })}`,
      headers: { host: hostOf(serve) },
    });
  assertRoot(await get({}), '111111111111');
  assertRoot(await get({ now: new Date(Date.now() - 600_000), expires_s: 900 }), '111111111111');
  for (const [what, parameters, code] of [
    ['expired', { now: new Date(Date.now() - 3_600_000), expires_s: 900 }, 'RequestExpired|SignatureDoesNotMatch'],
    ['wrong secret', { credentials: { ...owner, secretAccessKey: 'x' } }, 'SignatureDoesNotMatch'],
    ['unknown key', { credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } }, 'InvalidClientTokenId'],
    ['altered', { bend: { signature: '0'.repeat(64) } }, 'SignatureDoesNotMatch'],
  ]) {
    const response = await get(parameters);
    assert.equal(response.status, 403, what);
    assert.match(response.text, new RegExp(`<Type>Sender</Type>\\s*<Code>(${code})</Code>`), what);
  }
  const incomplete = await get({ drop: ['X-Amz-Date'] });
  assert.equal(incomplete.status, 400);
  assert.match(incomplete.text, /<Code>IncompleteSignature<\/Code>\s*<Message>AWS query-string parameters must include 'X-Amz-Date'\. /);
});

test('STS answers errors in XML, with its own codes', async () => {
  const wrong = await sts(serve, { credentials: { ...owner, secretAccessKey: 'x' } });
  assert.equal(wrong.status, 403);
  assert.match(
    wrong.text,
    /<ErrorResponse[^>]*>\s*<Error>\s*<Type>Sender<\/Type>\s*<Code>SignatureDoesNotMatch<\/Code>\s*<Message>The request signature we calculated/,
  );
  const unsigned = await request(serve, {
    headers: { host: hostOf(serve), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(identity).toString(),
  });
  assert.equal(unsigned.status, 403);
  assert.match(unsigned.text, /<Code>MissingAuthenticationToken<\/Code>/);
  const unknown = await sts(serve, { body: 'Action=GetEverything&Version=2011-06-15' });
  assert.equal(unknown.status, 400);
  assert.match(unknown.text, /<Code>InvalidAction<\/Code>/);
});
