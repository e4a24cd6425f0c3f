/** What is built runs where it promises to: the node half on the machine's own Node (20.19 or later), the web half without anything of Node. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';

const room = fileURLToPath(new URL('..', import.meta.url));
const outside = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
const found = spawnSync('sh', ['-c', 'command -v node'], { env: { PATH: outside.join(delimiter) }, encoding: 'utf8' }).stdout.trim();
const node = found === '' ? process.execPath : found;

beforeAll(() => void execFileSync(process.execPath, [`${room}/scripts/build.mjs`], { stdio: 'inherit' }));

it("the machine's own Node imports both halves, and the node half keeps tokens with them", () => {
  const script = `
    const { createHq, memoryTokenStore } = await import(${JSON.stringify(`${room}/dist/web/index.js`)});
    const { createNodeHq } = await import(${JSON.stringify(`${room}/dist/node/hq.js`)});
    await import(${JSON.stringify(`${room}/dist/node/sign-in.js`)});
    const web = createHq({ server: 'https://hq.example', tokens: memoryTokenStore() });
    const node = createNodeHq({ server: 'https://hq.example', home: process.env.HOME, keychain: false });
    const codes = [];
    for (const hq of [web, node]) await hq.tokens.accessToken().catch((error) => codes.push(error.code));
    console.log(JSON.stringify(codes));
  `;
  const output = execFileSync(node, ['--input-type=module', '--eval', script], { encoding: 'utf8', env: { HOME: `${room}/dist/home` } });
  expect(JSON.parse(output)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
});

it('the web half holds nothing of Node', () => {
  for (const file of readdirSync(`${room}/dist/web`)) {
    const source = readFileSync(`${room}/dist/web/${file}`, 'utf8');
    expect(source).not.toMatch(/from\s*"node:|import\(\s*"node:|\brequire\(|\bprocess\.env\b|\bBuffer\./);
  }
});
