// Reading streams over the wire.
import { succeed } from './wire.mjs';

export const askStreams = (server, operation, body, options) =>
  succeed(server, operation, body, { target: `DynamoDBStreams_20120810.${operation}`, ...options });

export async function describeStream(server, StreamArn) {
  let description;
  let ExclusiveStartShardId;
  do {
    const page = (await askStreams(server, 'DescribeStream', { StreamArn, ExclusiveStartShardId })).StreamDescription;
    if (description) description.Shards.push(...page.Shards);
    else description = page;
    ExclusiveStartShardId = page.LastEvaluatedShardId;
  } while (ExclusiveStartShardId);
  return description;
}

// What a shard has, to its end or to where it has no more for now.
export async function readShard(server, StreamArn, ShardId, ShardIteratorType = 'TRIM_HORIZON', members = {}) {
  let { ShardIterator } = await askStreams(server, 'GetShardIterator', { StreamArn, ShardId, ShardIteratorType, ...members });
  const records = [];
  for (;;) {
    const page = await askStreams(server, 'GetRecords', { ShardIterator });
    records.push(...page.Records);
    ShardIterator = page.NextShardIterator;
    if (!ShardIterator || !page.Records.length) return { records, ended: !ShardIterator };
  }
}

// Every record of a stream, parents before their children.
export async function readStream(server, StreamArn) {
  const { Shards } = await describeStream(server, StreamArn);
  const records = [];
  for (const { ShardId } of Shards) records.push(...(await readShard(server, StreamArn, ShardId)).records);
  return records;
}
