// A quick client for tests under load: keep-alive connections, signed requests, no checks of its own, no retries.
import http from 'node:http';
import { signHeaders, testCredentials } from './signer.mjs';
import { hostOf, jsonType } from './wire.mjs';

export class FastClient {
  constructor(server, { connections = 16, credentials = testCredentials, region = 'us-east-1', timeout_ms = 60_000 } = {}) {
    this.server = server;
    this.settings = { credentials, region };
    this.timeout_ms = timeout_ms;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  // {status, json}; rejects if no whole answer came (the outcome is then unknown).
  call(operation, body) {
    const text = JSON.stringify(body);
    const headers = signHeaders({
      ...this.settings,
      body: text,
      headers: { host: hostOf(this.server), 'content-type': jsonType, 'x-amz-target': `DynamoDB_20120810.${operation}` },
    });
    headers['content-length'] = Buffer.byteLength(text);
    return new Promise((resolve, reject) => {
      const request = http.request(
        { host: this.server.host, port: this.server.port, method: 'POST', path: '/', headers, agent: this.agent },
        (response) => {
          const parts = [];
          response.on('data', (part) => parts.push(part));
          response.on('aborted', () => reject(new Error('the answer was cut off')));
          response.on('error', reject);
          response.on('end', () => {
            if (!response.complete) return reject(new Error('the answer was cut off'));
            try {
              resolve({ status: response.statusCode, json: JSON.parse(Buffer.concat(parts).toString('utf8')) });
            } catch (error) {
              reject(error);
            }
          });
        },
      );
      request.setTimeout(this.timeout_ms, () => request.destroy(new Error('no answer in time')));
      request.on('error', reject);
      request.end(text);
    });
  }

  async succeed(operation, body) {
    const { status, json } = await this.call(operation, body);
    if (status !== 200) throw new Error(`${operation} answered ${status} ${JSON.stringify(json)}`);
    return json;
  }

  close() {
    this.agent.destroy();
  }
}
