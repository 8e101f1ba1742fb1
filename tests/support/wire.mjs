// Requests byte by byte: a small HTTP/1.1 client over a plain socket that hides nothing, and `call`, which signs one
// operation and checks of every answer what holds for every answer (identifier, checksum, date, length).
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import zlib from 'node:zlib';
import { signHeaders, testCredentials } from './signer.mjs';

export const jsonType = 'application/x-amz-json-1.0';
const validation = 'com.amazon.coral.validate#ValidationException';

const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// One connection, over TLS if the server has `tls` (options of node:tls). `exchange` sends bytes and reads one whole
// response; `readResponse` reads the next one. `localAddress`: where it comes from.
export class Connection {
  constructor({ host = '127.0.0.1', port, tls: tlsOptions, localAddress }) {
    this.received = Buffer.alloc(0);
    this.closed = false;
    this.waiters = [];
    this.socket = tlsOptions ? tls.connect({ host, port, ...tlsOptions }) : net.connect({ host, port, localAddress });
    this.socket.setNoDelay(true);
    this.opened = new Promise((resolve, reject) => {
      this.socket.on(tlsOptions ? 'secureConnect' : 'connect', resolve);
      this.socket.on('error', reject);
    });
    this.opened.catch(() => {});
    const wake = () => {
      for (const waiter of this.waiters.splice(0)) waiter();
    };
    this.socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
      wake();
    });
    this.socket.on('error', (error) => {
      this.error = error;
      this.closed = true;
      wake();
    });
    this.socket.on('end', () => {
      this.ended = true;
      wake();
    });
    this.socket.on('close', () => {
      this.closed = true;
      wake();
    });
  }

  async send(bytes) {
    await this.opened;
    if (!this.closed) this.socket.write(bytes);
  }

  async until(condition, timeout_ms, what) {
    const deadline = Date.now() + timeout_ms;
    for (;;) {
      const value = condition();
      if (value !== undefined) return value;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`timed out waiting for ${what}; received so far: ${this.received.subarray(0, 400)}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  // The next response, or null if the peer closed before sending a whole one.
  readResponse({ timeout_ms = 20_000, head = false } = {}) {
    return this.until(
      () => {
        const end = this.received.indexOf('\r\n\r\n');
        if (end >= 0) {
          const lines = this.received.subarray(0, end).toString('latin1').split('\r\n');
          const headers = {};
          for (const line of lines.slice(1)) {
            const colon = line.indexOf(':');
            const name = line.slice(0, colon).toLowerCase();
            headers[name] = name in headers ? `${headers[name]}, ${line.slice(colon + 1).trim()}` : line.slice(colon + 1).trim();
          }
          const length = head ? 0 : Number(headers['content-length'] ?? 0);
          if (this.received.length >= end + 4 + length) {
            const body = this.received.subarray(end + 4, end + 4 + length);
            this.received = this.received.subarray(end + 4 + length);
            return {
              status: Number(lines[0].split(' ')[1]),
              statusLine: lines[0],
              headerLines: lines.slice(1),
              headers,
              body,
              text: body.toString('utf8'),
            };
          }
        }
        return this.ended || this.closed ? null : undefined;
      },
      timeout_ms,
      'a response',
    );
  }

  waitForClose({ timeout_ms = 20_000 } = {}) {
    return this.until(() => (this.ended || this.closed ? true : undefined), timeout_ms, 'the connection to close');
  }

  async exchange(bytes, options) {
    await this.send(bytes);
    return this.readResponse(options);
  }

  close() {
    this.socket.destroy();
  }
}

export function requestBytes({ method = 'POST', target = '/', headers = {}, body = '' }) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const all = { ...headers };
  if (method !== 'GET' && !('content-length' in all) && !('transfer-encoding' in all)) all['content-length'] = bytes.length;
  const lines = Object.entries(all).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((v) => `${name}: ${v}`));
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

// One request on a connection of its own.
export async function request(server, parts, options) {
  const connection = new Connection(server);
  try {
    return await connection.exchange(requestBytes(parts), options);
  } finally {
    connection.close();
  }
}

export const hostOf = (server) => `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`;

// What holds for every JSON answer, success or error.
export function checkEnvelope(response, contentType = jsonType) {
  assert.ok(response, 'the connection closed without an answer');
  assert.match(response.headers['x-amzn-requestid'] ?? '', /^[0-9A-Z]{52}$/, 'x-amzn-RequestId');
  assert.equal(response.headers['x-amz-crc32'], String(crc32(response.body)), 'x-amz-crc32');
  assert.equal(response.headers['content-type'], contentType, 'Content-Type');
  assert.equal(response.headers['content-length'], String(response.body.length), 'Content-Length');
  const skew_ms = Math.abs(Date.parse(response.headers.date) - Date.now());
  assert.ok(skew_ms < 60_000, `Date is ${response.headers.date}`);
  assert.match(response.headers.date, /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/);
  assert.ok(response.headers.server, 'Server');
  return response;
}

// The bytes of one signed DynamoDB operation. `body` is text, bytes or a value to be written as JSON.
export function operationBytes(
  server,
  operation,
  body = {},
  {
    credentials = testCredentials,
    region = 'us-east-1',
    service: signedFor,
    contentType = jsonType,
    headers = {},
    bend,
    now,
    target = `DynamoDB_20120810.${operation}`,
    omit = [],
  } = {},
) {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const unsigned = { host: hostOf(server), 'content-type': contentType, 'x-amz-target': target, ...headers };
  for (const name of omit) delete unsigned[name];
  return requestBytes({
    headers: signHeaders({ headers: unsigned, body: text, credentials, region, service: signedFor, bend, now }),
    body: text,
  });
}

// Calls one operation; the answer gets `.json`.
export async function call(server, operation, body, options = {}) {
  const connection = options.connection ?? new Connection(server);
  try {
    const response = checkEnvelope(
      await connection.exchange(operationBytes(server, operation, body, options), options),
      options.contentType?.split(';')[0],
    );
    response.json = response.body.length ? JSON.parse(response.text) : undefined;
    return response;
  } finally {
    if (!options.connection) connection.close();
  }
}

export async function succeed(server, operation, body, options) {
  const response = await call(server, operation, body, options);
  assert.equal(response.status, 200, `${operation}: ${response.text}`);
  return response.json;
}

// The whole body of an error, byte for byte.
export async function refuse(server, operation, body, expected, { status = 400, ...options } = {}) {
  const response = await call(server, operation, body, options);
  assert.equal(response.text, JSON.stringify(expected));
  assert.equal(response.status, status);
  return response;
}
export const refuseInvalid = (server, operation, body, message, options) =>
  refuse(server, operation, body, { __type: validation, message }, options);

// An undefined text means the member is absent.
export const serialization = (Message) => ({ __type: 'com.amazon.coral.service#SerializationException', Message });
export const service = (name, message) => ({ __type: `com.amazon.coral.service#${name}`, message });
export const dynamodb = (name, message) => ({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message });
export const missingResource = dynamodb('ResourceNotFoundException', 'Requested resource not found');

export const gzip = (text) => zlib.gzipSync(text);
