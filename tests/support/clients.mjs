// Clients of the JavaScript SDK against a server under test; over TLS if the server has `tls` (options of node:tls).
import https from 'node:https';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import { testCredentials } from './signer.mjs';

export const clientSettings = (server, { credentials = testCredentials, region = 'us-east-1', maxAttempts = 1 } = {}) => ({
  endpoint: server.endpoint,
  region,
  credentials,
  maxAttempts,
  ...(server.tls && { requestHandler: { httpsAgent: new https.Agent({ keepAlive: true, ...server.tls }) } }),
});

export const dynamodbClient = (server, options) => new DynamoDBClient(clientSettings(server, options));
export const stsClient = (server, options) => new STSClient(clientSettings(server, options));

// Numbers of any precision survive: they travel as the SDK's NumberValue.
export const documentClient = (server, options) =>
  DynamoDBDocumentClient.from(dynamodbClient(server, options), {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: Boolean(options?.wrapNumbers) },
  });
