/** One program among several that need a token at the same moment: prints the token it got. Arguments: server, HQ_HOME. */
import { once } from 'node:events';
import { createNodeHq } from '../../src/node/hq.ts';

const [server = '', home = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const hq = createNodeHq({ server, home, keychain: false });
process.stdout.write(`${await hq.tokens.accessToken()}\n`);
process.exit(0);
