// Tags with the JavaScript SDK, and what must outlive the server that was told it: tags, and the managed key.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeEndpointsCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  ResourceNotFoundException,
  TableNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { run, startDev } from '../support/server.mjs';
import { dynamodbClient } from '../support/clients.mjs';
import { succeed } from '../support/wire.mjs';
import { testAccount } from '../support/signer.mjs';

const kms = { target: 'TrentService.DescribeKey', service: 'kms', contentType: 'application/x-amz-json-1.1' };
const describeKey = (server) => succeed(server, 'DescribeKey', { KeyId: 'alias/aws/dynamodb' }, kms);
const arn = (name) => `arn:aws:dynamodb:us-east-1:${testAccount}:table/${name}`;
const tagsOf = async (client, name) => {
  const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn(name) }));
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
};

test('tags and the managed key are the same after a kill, and verify finds nothing wrong', async () => {
  let server = await startDev();
  const { directory } = server;
  let client = dynamodbClient(server);
  await client.send(
    new CreateTableCommand({
      TableName: 'music',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      Tags: [
        { Key: 'team', Value: 'x' },
        { Key: 'stage', Value: '' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.2 }, { TableName: 'music' });
  assert.deepEqual(await tagsOf(client, 'music'), { team: 'x', stage: '' });
  await client.send(new TagResourceCommand({ ResourceArn: arn('music'), Tags: [{ Key: 'team', Value: 'ÿ 日本' }] }));
  await client.send(new UntagResourceCommand({ ResourceArn: arn('music'), TagKeys: ['stage', 'none'] }));
  const key = await describeKey(server);
  assert.equal(key.KeyMetadata.KeyManager, 'AWS');

  await server.kill();
  const { code, stdout } = await run(['verify', '--data-dir', directory]);
  assert.equal(code, 0, stdout);
  server = await startDev({ directory });
  client = dynamodbClient(server);
  try {
    assert.deepEqual(await tagsOf(client, 'music'), { team: 'ÿ 日本' });
    assert.deepEqual(await describeKey(server), key);
  } finally {
    await server.stop();
  }
});

test('what has never been set is described as the service does', async () => {
  const server = await startDev({ inMemory: true });
  const client = dynamodbClient(server);
  try {
    await assert.rejects(client.send(new ListTagsOfResourceCommand({ ResourceArn: arn('none') })), ResourceNotFoundException);
    await assert.rejects(client.send(new DescribeTimeToLiveCommand({ TableName: 'none' })), ResourceNotFoundException);
    await assert.rejects(client.send(new DescribeContinuousBackupsCommand({ TableName: 'none' })), TableNotFoundException);
    const { Endpoints } = await client.send(new DescribeEndpointsCommand({}));
    assert.deepEqual(Endpoints, [{ Address: `127.0.0.1:${server.port}`, CachePeriodInMinutes: 1440 }]);
  } finally {
    await server.stop();
  }
});
