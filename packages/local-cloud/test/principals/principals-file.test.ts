/** The principals file: what it may say, and that each mistake is named without giving away a secret. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parsePrincipals, PrincipalsError, readPrincipalsJson } from '../../src/principals/principals-file.ts';
import { temporaryFolder } from '../front/fixture.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } };
const ann = { name: 'ann', accessKeyId: 'AKIAANN0000000000000', secretAccessKey: 'very-secret-very-secret', policies: [policy] };
const role = { name: 'vault', trust: { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' } }, policies: [] };

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof PrincipalsError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('the principals file', () => {
  it('gives users and roles with their policies read', () => {
    const { users, roles } = parsePrincipals({ users: [ann], roles: [role] });
    expect(users[0]?.policies[0]?.statements[0]?.actions.patterns).toEqual(['s3:*']);
    expect(roles[0]?.trust.statements[0]?.principal?.any).toBe(true);
    expect(parsePrincipals({ users: [] })).toEqual({ users: [], roles: [] });
  });

  it.each([
    ['principals.users', { roles: [] }],
    ['principals.users[0].name', { users: [{ ...ann, name: 'a b' }] }],
    ['principals.users[0].accessKeyId', { users: [{ ...ann, accessKeyId: 'short' }] }],
    ['principals.users[0].accessKeyId', { users: [{ ...ann, accessKeyId: 'ASIAANN0000000000000' }] }],
    ['principals.users[0].secretAccessKey', { users: [{ ...ann, secretAccessKey: 'short' }] }],
    ['principals.users[0].policies[0]', { users: [{ ...ann, policies: [{ Statement: [] }] }] }],
    ['principals.users[1].accessKeyId', { users: [ann, { ...ann, name: 'bob' }] }],
    ['principals.users[1].name', { users: [ann, { ...ann, name: 'ANN', accessKeyId: 'AKIABOB0000000000000' }] }],
    ['principals.roles[0].trust', { users: [], roles: [{ ...role, trust: policy }] }],
    ['principals.roles[1].name', { users: [], roles: [role, role] }],
    ['principals', { users: [], groups: [] }],
    ['principals', []],
  ])('names %s where that is wrong', (field, value) => {
    const message = refusal(() => parsePrincipals(value));
    expect(message).toMatch(new RegExp(`^${field.replaceAll(/[[\].]/g, '\\$&')}: .`));
    expect(message).not.toContain('very-secret');
  });

  it.each([
    ['is not there', undefined, 'cannot read'],
    ['is no JSON', '{"users": [{"secretAccessKey": "very-secret-very-secret" oops', 'not valid JSON'],
    ['names a key twice', '{"users": [], "users": []}', 'names a key twice'],
  ])('that %s is refused in a line without its content', (_what, text, expected) => {
    const path = join(folder.path, 'principals.json');
    if (text !== undefined) writeFileSync(path, text);
    const message = refusal(() => readPrincipalsJson(text === undefined ? join(folder.path, 'none.json') : path));
    expect(message).toContain(expected);
    expect(message).not.toContain('very-secret');
  });
});
