import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorName, startTestCloud, type TestCloud } from '../kms/cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.stop());

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  cloud.root.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (Name: string, WithDecryption = true) => (await cloud.root.ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;

const byPath = async (Path: string, Recursive?: boolean): Promise<string[]> => {
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloud.root.ssm.send(new GetParametersByPathCommand({ Path, Recursive, NextToken, MaxResults: 3 }));
    names.push(...(page.Parameters ?? []).map(({ Name = '' }) => Name));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return names;
};

const described = async (filters: { Key: string; Option?: string; Values?: string[] }[]): Promise<(string | undefined)[]> =>
  (await cloud.root.ssm.send(new DescribeParametersCommand({ ParameterFilters: filters }))).Parameters?.map(({ Name }) => Name) ?? [];

describe('one parameter', () => {
  it('is read back with its version, also by ARN and after a restart', async () => {
    expect(await put('/one/a', 'first')).toMatchObject({ Version: 1, Tier: 'Standard' });
    expect(await put('/one/a', 'second', { Overwrite: true })).toMatchObject({ Version: 2 });
    const ARN = 'arn:aws:ssm:us-east-1:000000000000:parameter/one/a';
    await cloud.restart();
    expect(await get('/one/a')).toMatchObject({ Name: '/one/a', Value: 'second', Version: 2, Type: 'String', ARN });
    expect(await get(ARN)).toMatchObject({ Value: 'second' });
  });

  it('is not overwritten unless asked, nor changes its type', async () => {
    await put('/one/b', 'first');
    expect(await errorName(put('/one/b', 'second'))).toBe('ParameterAlreadyExists');
    expect(await errorName(put('/one/b', 'second', { Overwrite: true, Type: 'SecureString' }))).toBe('HierarchyTypeMismatchException');
    expect(await get('/one/b')).toMatchObject({ Value: 'first', Version: 1 });
  });

  it('is found by version and by label', async () => {
    await put('/one/c', 'first');
    await put('/one/c', 'second', { Overwrite: true });
    await cloud.root.ssm.send(new LabelParameterVersionCommand({ Name: '/one/c', ParameterVersion: 1, Labels: ['stable', '1bad'] }));
    expect(await get('/one/c:1')).toMatchObject({ Value: 'first', Selector: ':1' });
    expect(await get('/one/c:stable')).toMatchObject({ Value: 'first' });
    await cloud.root.ssm.send(new LabelParameterVersionCommand({ Name: '/one/c', Labels: ['stable'] }));
    expect(await get('/one/c:stable')).toMatchObject({ Value: 'second' });
    expect(await errorName(get('/one/c:9'))).toBe('ParameterVersionNotFound');
    const history = await cloud.root.ssm.send(new GetParameterHistoryCommand({ Name: '/one/c' }));
    expect(history.Parameters?.map(({ Version, Value, Labels }) => [Version, Value, Labels])).toEqual([
      [1, 'first', []],
      [2, 'second', ['stable']],
    ]);
  });

  it('keeps 100 versions and forgets the oldest', async () => {
    await put('/one/d', 'v1');
    for (let version = 2; version <= 102; version += 1) await put('/one/d', `v${version}`, { Overwrite: true });
    const versions: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await cloud.root.ssm.send(new GetParameterHistoryCommand({ Name: '/one/d', NextToken }));
      versions.push(...(page.Parameters ?? []).map(({ Version = 0 }) => Version));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(versions).toEqual(Array.from({ length: 100 }, (_, index) => index + 3));
  });

  it('is deleted with all its versions, and a new one starts at 1', async () => {
    await put('/one/e', 'x');
    await cloud.root.ssm.send(new DeleteParameterCommand({ Name: '/one/e' }));
    expect(await errorName(get('/one/e'))).toBe('ParameterNotFound');
    expect(await errorName(cloud.root.ssm.send(new DeleteParameterCommand({ Name: '/one/e' })))).toBe('ParameterNotFound');
    expect(await put('/one/e', 'y')).toMatchObject({ Version: 1 });
    const gone = await cloud.root.ssm.send(new DeleteParametersCommand({ Names: ['/one/e', '/one/nothing'] }));
    expect(gone).toMatchObject({ DeletedParameters: ['/one/e'], InvalidParameters: ['/one/nothing'] });
  });

  it('keeps its tags', async () => {
    await put('/one/f', 'x', { Tags: [{ Key: 'a', Value: '1' }] });
    const target = { ResourceType: 'Parameter', ResourceId: '/one/f' } as const;
    await cloud.root.ssm.send(new AddTagsToResourceCommand({ ...target, Tags: [{ Key: 'b', Value: '2' }] }));
    await cloud.root.ssm.send(new RemoveTagsFromResourceCommand({ ...target, TagKeys: ['a'] }));
    expect((await cloud.root.ssm.send(new ListTagsForResourceCommand(target))).TagList).toEqual([{ Key: 'b', Value: '2' }]);
  });

  it.each([
    ['x/y', 'ValidationException'],
    ['/x/', 'ValidationException'],
    ['/x//y', 'ValidationException'],
    ['/x y', 'ValidationException'],
    ['/x/é', 'ValidationException'],
    ['/aws/x', 'ValidationException'],
    ['ssm-x', 'ValidationException'],
    [`/${'a'.repeat(1000)}`, 'ValidationException'],
    [`/${Array.from({ length: 16 }, () => 'a').join('/')}`, 'HierarchyLevelLimitExceededException'],
  ])('may not be named %.40s', async (name, error) => {
    expect(await errorName(put(name, 'x'))).toBe(error);
  });

  it('may hold 4 KiB, as an advanced one 8 KiB, counted in bytes', async () => {
    expect(await put('/size/a', 'é'.repeat(2048))).toMatchObject({ Tier: 'Standard' });
    expect(await errorName(put('/size/b', `${'é'.repeat(2048)}x`))).toBe('ValidationException');
    expect(await put('/size/b', 'x'.repeat(8192), { Tier: 'Intelligent-Tiering', Type: 'SecureString' })).toMatchObject({ Tier: 'Advanced' });
    expect((await get('/size/b'))?.Value).toHaveLength(8192);
    expect(await errorName(put('/size/c', 'x'.repeat(8193), { Tier: 'Advanced' }))).toBe('ValidationException');
    expect(await errorName(put('/size/b', 'x', { Tier: 'Standard', Overwrite: true, Type: 'SecureString' }))).toBe('ValidationException');
  });

  it('takes no pattern that could keep the server busy', async () => {
    expect(await errorName(put('/one/g', 'x', { AllowedPattern: '(a+)+$' }))).toBe('ValidationException');
  });
});

describe('many parameters', () => {
  beforeAll(async () => {
    for (const name of ['/many/a', '/many/b', '/many/c/d', '/many/c/e/f', '/many-not', '/manyx/a', 'many']) await put(name, name);
    for (let index = 0; index < 25; index += 1) await put(`/pages/p${String(index).padStart(2, '0')}`, 'x');
  });
  it('are read by name, at most ten, the missing ones named', async () => {
    const found = await cloud.root.ssm.send(new GetParametersCommand({ Names: ['/many/a', '/none', '/many/b:1', '/many/b2:7'] }));
    expect(found.Parameters?.map(({ Name }) => Name)).toEqual(['/many/a', '/many/b']);
    expect(found.InvalidParameters).toEqual(['/none', '/many/b2:7']);
    const eleven = Array.from({ length: 11 }, (_, index) => `/n${index}`);
    expect(await errorName(cloud.root.ssm.send(new GetParametersCommand({ Names: eleven })))).toBe('ValidationException');
  });

  it('are listed by path, one level or all, page by page, never a sibling', async () => {
    expect(await byPath('/many')).toEqual(['/many/a', '/many/b']);
    expect(await byPath('/many/', true)).toEqual(['/many/a', '/many/b', '/many/c/d', '/many/c/e/f']);
    expect(await byPath('/pages')).toHaveLength(25);
    expect(await byPath('/nothing', true)).toEqual([]);
  });

  it('are described by filters', async () => {
    expect(await described([{ Key: 'Name', Values: ['/many/a'] }])).toEqual(['/many/a']);
    expect(await described([{ Key: 'Name', Option: 'Contains', Values: ['c/'] }])).toEqual(['/many/c/d', '/many/c/e/f']);
    expect(await described([{ Key: 'Path', Option: 'Recursive', Values: ['/many/c'] }])).toEqual(['/many/c/d', '/many/c/e/f']);
    expect(await described([{ Key: 'tag:b', Values: ['2'] }])).toEqual(['/one/f']);
    expect(await errorName(described([{ Key: 'Nonsense', Values: ['x'] }]))).toBe('InvalidFilterKey');
  });

  it('refuse a page token that was not given out', async () => {
    const made = new GetParametersByPathCommand({ Path: '/many', NextToken: 'nonsense' });
    expect(await errorName(cloud.root.ssm.send(made))).toBe('InvalidNextToken');
  });
});
