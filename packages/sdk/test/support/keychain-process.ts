/** Runs under a D-Bus session with a real Secret Service: saves, loads and clears tokens, and prints what it saw. Argument: HQ_HOME. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeTokenStore } from '../../src/node/hq.ts';

const home = process.argv[2] ?? '';
const server = 'https://hq.example';
const store = nodeTokenStore(home, true);
const tokens = { accessToken: 'a'.repeat(2000), idToken: 'i'.repeat(2000), refreshToken: 'r', expiresAt: 1000, issuer: 'x', tokenEndpoint: 't', clientId: 'c' };
await store.save(server, tokens);
const loaded = await store.load(server);
const onDisk = existsSync(join(home, 'tokens', `${encodeURIComponent(server)}.json`));
await store.clear(server);
process.stdout.write(JSON.stringify({ same: JSON.stringify(loaded) === JSON.stringify(tokens), onDisk, cleared: (await store.load(server)) === undefined }));
