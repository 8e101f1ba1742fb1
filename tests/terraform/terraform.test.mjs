// Terraform, where it is on PATH and the AWS provider lies in a local mirror, against a real server that it knows by
// AWS_ENDPOINT_URL alone: what it makes, it finds unchanged on the next plan, changes in place, and destroys.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configuredBy, initialize, startServe, temporaryDirectory } from '../support/server.mjs';
import { succeed } from '../support/wire.mjs';

const account = '111111111111';
const provider = 'registry.terraform.io/hashicorp/aws';

// Where Terraform itself looks for mirrors, and where packages of providers are commonly unpacked.
function mirrorWithProvider() {
  const xdg = (process.env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':');
  const shares = [process.env.XDG_DATA_HOME || path.join(os.homedir(), '.local/share'), ...xdg];
  const places = [path.join(os.homedir(), '.terraform.d/plugins'), ...shares.map((share) => path.join(share, 'terraform/plugins'))];
  const unpacked = existsSync('/opt') ? readdirSync('/opt').map((name) => path.join('/opt', name)) : [];
  return [...places, ...unpacked].find((place) => existsSync(path.join(place, provider)));
}

const hasTerraform = spawnSync('terraform', ['version'], { env: { ...process.env, CHECKPOINT_DISABLE: '1' } }).status === 0;
const mirror = mirrorWithProvider();
const skip = (!hasTerraform && 'SKIPPED: no terraform on PATH') || (!mirror && `SKIPPED: no local mirror holds ${provider}`) || false;

let server;
let options;
let directory;
let environment;
before(async () => {
  if (skip) return;
  const place = await initialize({ account });
  server = await startServe(place, { flags: configuredBy('[limits]\ntime_to_live_cooldown_ms = 0\n') });
  options = { credentials: place.credentials[account] };
  directory = temporaryDirectory('terraform');
  const settings = path.join(directory, 'terraform.rc');
  writeFileSync(settings, `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|TF)_/.test(name)));
  Object.assign(environment, {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: options.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: options.credentials.secretAccessKey,
    AWS_CONFIG_FILE: path.join(directory, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(directory, 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
    TF_CLI_CONFIG_FILE: settings,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
  });
});
after(() => server?.stop());

function terraform(...words) {
  const end = spawnSync('terraform', [...words, '-no-color'], { cwd: directory, env: environment, encoding: 'utf8', timeout: 120_000 });
  return { status: end.status, text: end.stdout + end.stderr };
}
function apply(configuration) {
  writeFileSync(path.join(directory, 'main.tf.json'), JSON.stringify(configuration, null, 2));
  const { status, text } = terraform('apply', '-auto-approve', '-input=false');
  assert.equal(status, 0, text);
  const planIsEmpty = terraform('plan', '-detailed-exitcode', '-input=false');
  assert.equal(planIsEmpty.status, 0, `the next plan is not empty:\n${planIsEmpty.text}`);
  return /Apply complete! Resources: (\d+) added, (\d+) changed, (\d+) destroyed\./.exec(text)?.slice(1).map(Number);
}
const tableArn = (name) => `arn:aws:dynamodb:us-east-1:${account}:table/${name}`;
async function tagsOf(name) {
  const { Tags } = await succeed(server, 'ListTagsOfResource', { ResourceArn: tableArn(name) }, options);
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
}
const describe = async (name) => (await succeed(server, 'DescribeTable', { TableName: name }, options)).Table;

const attribute = (name, type) => ({ name, type });
const configuration = () => ({
  terraform: { required_providers: { aws: { source: 'hashicorp/aws' } } },
  data: {
    aws_caller_identity: { me: {} },
    aws_kms_key: { managed: { key_id: 'alias/aws/dynamodb' } },
    aws_dynamodb_table: { read: { name: '${aws_dynamodb_table.orders.name}' } },
  },
  output: {
    account: { value: '${data.aws_caller_identity.me.account_id}' },
    key: { value: '${data.aws_kms_key.managed.key_manager}' },
    read: { value: '${data.aws_dynamodb_table.read.read_capacity}' },
  },
  resource: {
    aws_dynamodb_table: {
      orders: {
        name: 'orders',
        hash_key: 'id',
        attribute: [attribute('id', 'S')],
        read_capacity: 5,
        write_capacity: 6,
        table_class: 'STANDARD_INFREQUENT_ACCESS',
        tags: { team: 'sales', 'cost center': '42/a', gone: 'soon' },
      },
      events: {
        name: 'events',
        hash_key: 'id',
        range_key: 'at',
        attribute: [attribute('id', 'B'), attribute('at', 'N')],
        billing_mode: 'PAY_PER_REQUEST',
        lifecycle: { ignore_changes: ['tags', 'tags_all'] },
      },
      sealed: {
        name: 'sealed',
        hash_key: 'id',
        attribute: [attribute('id', 'N')],
        billing_mode: 'PAY_PER_REQUEST',
        deletion_protection_enabled: true,
      },
    },
    aws_dynamodb_table_item: {
      one: {
        table_name: '${aws_dynamodb_table.orders.name}',
        hash_key: 'id',
        item: '{"id":{"S":"one"},"count":{"N":"1"},"parts":{"L":[{"S":"a"},{"BOOL":true},{"NULL":true}]}}',
      },
    },
    aws_dynamodb_tag: { owner: { resource_arn: '${aws_dynamodb_table.events.arn}', key: 'owner', value: 'ops' } },
  },
});

test('tables, an item and a tag are made, and the next plan is empty', { skip }, async () => {
  writeFileSync(path.join(directory, 'main.tf.json'), JSON.stringify(configuration()));
  const initialised = terraform('init', '-input=false');
  assert.equal(initialised.status, 0, initialised.text);
  assert.deepEqual(apply(configuration()), [5, 0, 0]);
  const outputs = JSON.parse(terraform('output', '-json').text);
  assert.deepEqual(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])), { account, key: 'AWS', read: 5 });
  assert.deepEqual(await tagsOf('orders'), { team: 'sales', 'cost center': '42/a', gone: 'soon' });
  assert.deepEqual(await tagsOf('events'), { owner: 'ops' });
  assert.equal((await describe('orders')).TableClassSummary.TableClass, 'STANDARD_INFREQUENT_ACCESS');
  assert.equal((await describe('sealed')).DeletionProtectionEnabled, true);
  const { Item } = await succeed(server, 'GetItem', { TableName: 'orders', Key: { id: { S: 'one' } } }, options);
  assert.deepEqual(Item, { id: { S: 'one' }, count: { N: '1' }, parts: { L: [{ S: 'a' }, { BOOL: true }, { NULL: true }] } });
});

test('tags, items and protection change in place', { skip }, async () => {
  const changed = configuration();
  const { aws_dynamodb_table: tables, aws_dynamodb_table_item: items, aws_dynamodb_tag: tags } = changed.resource;
  tables.orders.tags = { team: 'logistics', 'cost center': '42/a', new: '' };
  items.one.item = '{"id":{"S":"one"},"count":{"N":"2"}}';
  tags.owner.value = 'data platform';
  tables.events.deletion_protection_enabled = true;
  assert.deepEqual(apply(changed), [0, 4, 0]);
  assert.equal((await describe('events')).DeletionProtectionEnabled, true);
  assert.deepEqual(await tagsOf('orders'), { team: 'logistics', 'cost center': '42/a', new: '' });
  assert.deepEqual(await tagsOf('events'), { owner: 'data platform' });
  const { Item } = await succeed(server, 'GetItem', { TableName: 'orders', Key: { id: { S: 'one' } } }, options);
  assert.deepEqual(Item, { id: { S: 'one' }, count: { N: '2' } });
});

test('capacity, billing and class change in place', { skip }, async () => {
  const changed = configuration();
  const tables = changed.resource.aws_dynamodb_table;
  const before = await describe('orders');
  // A change of protection goes alone, so that events keeps its own for now.
  Object.assign(tables.orders, { read_capacity: 7, write_capacity: 4, table_class: 'STANDARD' });
  Object.assign(tables.events, { billing_mode: 'PROVISIONED', read_capacity: 2, write_capacity: 3, deletion_protection_enabled: true });
  Object.assign(tables.sealed, { deletion_protection_enabled: false });
  assert.deepEqual(apply(changed), [0, 5, 0]);
  const orders = await describe('orders');
  assert.equal(orders.TableId, before.TableId);
  assert.equal(orders.ProvisionedThroughput.ReadCapacityUnits, 7);
  assert.equal(orders.ProvisionedThroughput.WriteCapacityUnits, 4);
  assert.equal(orders.TableClassSummary.TableClass, 'STANDARD');
  const events = await describe('events');
  assert.equal(events.BillingModeSummary.BillingMode, 'PROVISIONED');
  assert.equal(events.ProvisionedThroughput.WriteCapacityUnits, 3);
  assert.equal((await describe('sealed')).DeletionProtectionEnabled, false);

  tables.orders.billing_mode = 'PAY_PER_REQUEST';
  delete tables.orders.read_capacity;
  delete tables.orders.write_capacity;
  tables.events.deletion_protection_enabled = false;
  assert.deepEqual(apply(changed), [0, 2, 0]);
  assert.equal((await describe('orders')).BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  assert.equal((await describe('events')).DeletionProtectionEnabled, false);
});

test('everything is destroyed', { skip }, async () => {
  const { status, text } = terraform('destroy', '-auto-approve', '-input=false');
  assert.equal(status, 0, text);
  assert.match(text, /Destroy complete! Resources: 5 destroyed\./);
  assert.deepEqual((await succeed(server, 'ListTables', {}, options)).TableNames, []);
});

test('tables with indexes are made, changed in place and destroyed', { skip }, async () => {
  const withIndexed = (table) => {
    const whole = configuration();
    whole.resource.aws_dynamodb_table = table ? { indexed: table } : {};
    for (const part of ['aws_dynamodb_table_item', 'aws_dynamodb_tag']) delete whole.resource[part];
    delete whole.data.aws_dynamodb_table;
    delete whole.output.read;
    if (!table) delete whole.resource;
    return whole;
  };
  const table = {
    name: 'indexed',
    hash_key: 'id',
    range_key: 'at',
    attribute: [attribute('id', 'S'), attribute('at', 'N'), attribute('state', 'S'), attribute('due', 'N')],
    read_capacity: 2,
    write_capacity: 2,
    local_secondary_index: [
      { name: 'by-due', range_key: 'due', projection_type: 'INCLUDE', non_key_attributes: ['z', 'a'] },
      { name: 'by-state', range_key: 'state', projection_type: 'KEYS_ONLY' },
    ],
    global_secondary_index: [
      { name: 'states', hash_key: 'state', range_key: 'due', projection_type: 'ALL', read_capacity: 1, write_capacity: 1 },
      { name: 'times', hash_key: 'at', projection_type: 'INCLUDE', non_key_attributes: ['z', 'a'], read_capacity: 3, write_capacity: 3 },
    ],
  };
  const names = async () => (await describe('indexed')).GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort();
  assert.equal(apply(withIndexed(table))[0], 1);
  const { TableId } = await describe('indexed');
  await succeed(
    server,
    'PutItem',
    { TableName: 'indexed', Item: { id: { S: 'x' }, at: { N: '1' }, state: { S: 'new' }, due: { N: '7' }, place: { S: 'here' } } },
    options,
  );
  // Throughput of one, another away, a third with an attribute of its own.
  table.global_secondary_index = [
    { ...table.global_secondary_index[0], read_capacity: 4 },
    { name: 'places', hash_key: 'place', projection_type: 'KEYS_ONLY', read_capacity: 1, write_capacity: 1 },
  ];
  table.attribute.push(attribute('place', 'S'));
  assert.deepEqual(apply(withIndexed(table)), [0, 1, 0]);
  assert.deepEqual(await names(), ['places', 'states']);
  const { Items } = await succeed(server, 'Scan', { TableName: 'indexed', IndexName: 'places' }, options);
  assert.deepEqual(Items, [{ id: { S: 'x' }, at: { N: '1' }, place: { S: 'here' } }]);
  // The billing mode with them; then none of them.
  for (const index of table.global_secondary_index) {
    delete index.read_capacity;
    delete index.write_capacity;
  }
  delete table.read_capacity;
  delete table.write_capacity;
  table.billing_mode = 'PAY_PER_REQUEST';
  assert.deepEqual(apply(withIndexed(table)), [0, 1, 0]);
  delete table.global_secondary_index;
  table.attribute = table.attribute.filter(({ name }) => name !== 'place');
  assert.deepEqual(apply(withIndexed(table)), [0, 1, 0]);
  assert.equal(await names(), undefined);
  assert.equal((await describe('indexed')).TableId, TableId);
  assert.equal(apply(withIndexed(null))[2], 1);
});

test('time to live is switched on, off and to another attribute in place', { skip }, async () => {
  const expiring = {
    name: 'expiring',
    hash_key: 'id',
    attribute: [attribute('id', 'S')],
    billing_mode: 'PAY_PER_REQUEST',
    ttl: { attribute_name: 'expires', enabled: true },
  };
  const { terraform: required } = configuration();
  const whole = (tables) => ({ terraform: required, ...(tables && { resource: { aws_dynamodb_table: tables } }) });
  const shown = async () => (await succeed(server, 'DescribeTimeToLive', { TableName: 'expiring' }, options)).TimeToLiveDescription;
  assert.deepEqual(apply(whole({ expiring })), [1, 0, 0]);
  assert.deepEqual(await shown(), { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
  expiring.ttl = { attribute_name: 'expires', enabled: false };
  assert.deepEqual(apply(whole({ expiring })), [0, 1, 0]);
  assert.deepEqual(await shown(), { TimeToLiveStatus: 'DISABLED' });
  expiring.ttl = { attribute_name: 'ends', enabled: true };
  assert.deepEqual(apply(whole({ expiring })), [0, 1, 0]);
  assert.deepEqual(await shown(), { TimeToLiveStatus: 'ENABLED', AttributeName: 'ends' });
  assert.deepEqual(apply(whole(null)), [0, 0, 1]);
});

test('a stream is switched on, to another view and off in place', { skip }, async () => {
  const streamed = {
    name: 'streamed',
    hash_key: 'id',
    attribute: [attribute('id', 'S')],
    billing_mode: 'PAY_PER_REQUEST',
    stream_enabled: true,
    stream_view_type: 'NEW_IMAGE',
  };
  const { terraform: required } = configuration();
  const whole = (tables) => ({
    terraform: required,
    ...(tables && { resource: { aws_dynamodb_table: tables }, output: { stream: { value: '${aws_dynamodb_table.streamed.stream_arn}' } } }),
  });
  const output = () => JSON.parse(terraform('output', '-json').text).stream.value;
  assert.deepEqual(apply(whole({ streamed })), [1, 0, 0]);
  const first = await describe('streamed');
  assert.deepEqual(first.StreamSpecification, { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' });
  assert.equal(output(), first.LatestStreamArn);
  streamed.stream_view_type = 'NEW_AND_OLD_IMAGES';
  assert.deepEqual(apply(whole({ streamed })), [0, 1, 0]);
  const second = await describe('streamed');
  assert.equal(second.TableId, first.TableId);
  assert.equal(second.StreamSpecification.StreamViewType, 'NEW_AND_OLD_IMAGES');
  assert.notEqual(second.LatestStreamArn, first.LatestStreamArn);
  assert.equal(output(), second.LatestStreamArn);
  streamed.stream_enabled = false;
  delete streamed.stream_view_type;
  assert.deepEqual(apply(whole({ streamed })), [0, 1, 0]);
  assert.equal((await describe('streamed')).StreamSpecification, undefined);
  assert.deepEqual(apply(whole(null)), [0, 0, 1]);
});

test('users, groups, roles and policies are made, changed in place and destroyed', { skip }, async () => {
  const { terraform: required } = configuration();
  const whole = (resource) => ({ terraform: required, ...(resource && { resource }) });
  const document = (fields) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...fields }] });
  const allowing = (Action) => document({ Action, Resource: '*' });
  const trusting = (fields) => document({ Action: 'sts:AssumeRole', ...fields });
  const resource = {
    aws_iam_policy: { read: { name: 'read', path: '/team/', policy: allowing('dynamodb:GetItem'), tags: { team: 'a' } } },
    aws_iam_user: {
      ann: { name: 'ann', path: '/team/', tags: { team: 'a' }, permissions_boundary: '${aws_iam_policy.read.arn}', force_destroy: true },
    },
    aws_iam_access_key: { ann: { user: '${aws_iam_user.ann.name}' } },
    aws_iam_user_policy: { own: { name: 'own', user: '${aws_iam_user.ann.name}', policy: allowing('dynamodb:List*') } },
    aws_iam_user_policy_attachment: { read: { user: '${aws_iam_user.ann.name}', policy_arn: '${aws_iam_policy.read.arn}' } },
    aws_iam_group: { readers: { name: 'readers' } },
    aws_iam_group_policy: { own: { name: 'own', group: '${aws_iam_group.readers.name}', policy: allowing('dynamodb:Query') } },
    aws_iam_group_policy_attachment: {
      all: { group: '${aws_iam_group.readers.name}', policy_arn: 'arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess' },
    },
    aws_iam_user_group_membership: { ann: { user: '${aws_iam_user.ann.name}', groups: ['${aws_iam_group.readers.name}'] } },
    aws_iam_role: {
      worker: {
        name: 'worker',
        description: 'does things',
        max_session_duration: 7200,
        assume_role_policy: trusting({ Principal: { AWS: '${aws_iam_user.ann.arn}' } }),
        tags: { team: 'a' },
      },
    },
    aws_iam_role_policy: { own: { name: 'own', role: '${aws_iam_role.worker.id}', policy: allowing('dynamodb:PutItem') } },
    aws_iam_role_policy_attachment: { read: { role: '${aws_iam_role.worker.name}', policy_arn: '${aws_iam_policy.read.arn}' } },
    aws_iam_openid_connect_provider: {
      idp: { url: 'https://idp.example.com', client_id_list: ['app'], thumbprint_list: ['a'.repeat(40)] },
    },
    aws_iam_service_linked_role: { replication: { aws_service_name: 'replication.dynamodb.amazonaws.com' } },
  };
  assert.deepEqual(apply(whole(resource)), [14, 0, 0]);
  resource.aws_iam_policy.read.policy = allowing(['dynamodb:GetItem', 'dynamodb:Scan']);
  resource.aws_iam_user.ann.tags = { stage: 'b' };
  delete resource.aws_iam_user.ann.permissions_boundary;
  Object.assign(resource.aws_iam_role.worker, {
    description: '',
    max_session_duration: 3600,
    assume_role_policy: trusting({ Principal: { AWS: `arn:aws:iam::${account}:root` } }),
  });
  resource.aws_iam_openid_connect_provider.idp.client_id_list = ['app', 'cli'];
  resource.aws_iam_group.readers.name = 'watchers'; // what stands on it is made again
  const [added, changed] = apply(whole(resource));
  assert.ok(changed >= 4 && added <= 3, `${added} added, ${changed} changed`);
  assert.deepEqual(apply(whole(null)), [0, 0, 14]);
});
