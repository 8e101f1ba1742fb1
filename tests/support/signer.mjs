// Signature Version 4, written for the tests alone from its public description, so that it shares no mistake with
// the server's. Header form (`signHeaders`) and query form (`presign`); every part can be bent to provoke an error.
import { createHash, createHmac } from 'node:crypto';

export const testAccount = '111111111111';
export const testCredentials = { accessKeyId: testAccount, secretAccessKey: 'unused in dev' };

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

export function amzDate(date = new Date()) {
  return date
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
}

// RFC 3986: everything but unreserved characters, upper-case hex.
export function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalQuery(pairs) {
  return pairs
    .map(([name, value]) => [encode(name), encode(value)])
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function signature({ method, path, query, headers, signedHeaders, payloadHash, date, scope, secretAccessKey }) {
  const canonicalHeaders = signedHeaders
    .map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}\n`,
    )
    .join('');
  const canonical = [method, path, query, canonicalHeaders, signedHeaders.join(';'), payloadHash].join('\n');
  const [day, region, service, terminator] = scope;
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  const key = [day, region, service, terminator].reduce((k, part) => hmac(k, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

// Adds x-amz-date and authorization to lower-case `headers` (host must be there) and returns them. `bend` may replace
// any of: date, scopeDate, region, service, terminator, signedHeaders, signature, accessKeyId, algorithm.
export function signHeaders({
  method = 'POST',
  path = '/',
  query = '',
  headers,
  body = '',
  region = 'us-east-1',
  service = 'dynamodb',
  credentials = testCredentials,
  now = new Date(),
  bend = {},
}) {
  const date = bend.date ?? amzDate(now);
  const scope = [bend.scopeDate ?? date.slice(0, 8), bend.region ?? region, bend.service ?? service, bend.terminator ?? 'aws4_request'];
  const signed = { ...headers, 'x-amz-date': date };
  if (credentials.sessionToken) signed['x-amz-security-token'] = credentials.sessionToken;
  const signedHeaders =
    bend.signedHeaders ??
    Object.keys(signed)
      .filter((name) => name === 'host' || name === 'content-type' || name.startsWith('x-amz-'))
      .sort();
  const value =
    bend.signature ??
    signature({
      method,
      path,
      query,
      headers: signed,
      signedHeaders,
      payloadHash: sha256(body),
      date,
      scope,
      secretAccessKey: credentials.secretAccessKey,
    });
  const id = bend.accessKeyId ?? credentials.accessKeyId;
  signed.authorization =
    `${bend.algorithm ?? 'AWS4-HMAC-SHA256'} Credential=${id}/${scope.join('/')}, ` +
    `SignedHeaders=${signedHeaders.join(';')}, Signature=${value}`;
  return signed;
}

// The query string of a presigned request (host alone signed). `drop` removes parameters after signing.
export function presign({
  method = 'GET',
  path = '/',
  parameters = {},
  host,
  body = '',
  region = 'us-east-1',
  service = 'sts',
  credentials = testCredentials,
  now = new Date(),
  expires_s = 900,
  bend = {},
  drop = [],
}) {
  const date = bend.date ?? amzDate(now);
  const scope = [bend.scopeDate ?? date.slice(0, 8), bend.region ?? region, bend.service ?? service, bend.terminator ?? 'aws4_request'];
  const pairs = Object.entries(parameters);
  pairs.push(
    ['X-Amz-Algorithm', bend.algorithm ?? 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', bend.credential ?? `${credentials.accessKeyId}/${scope.join('/')}`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(expires_s)],
    ['X-Amz-SignedHeaders', bend.signedHeaders ?? 'host'],
  );
  const value =
    bend.signature ??
    signature({
      method,
      path,
      query: canonicalQuery(pairs),
      headers: { host },
      signedHeaders: (bend.signedHeaders ?? 'host').split(';'),
      payloadHash: sha256(body),
      date,
      scope,
      secretAccessKey: credentials.secretAccessKey,
    });
  return canonicalQuery([...pairs, ['X-Amz-Signature', value]].filter(([name]) => !drop.includes(name)));
}
