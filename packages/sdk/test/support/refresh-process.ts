/** One program among several that need a token at the same moment: prints the token it got. Arguments: server, HQ_HOME. */
import { createNodeHq } from '../../src/node/hq.ts';

const [server = '', home = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  const hq = createNodeHq({ server, home, keychain: false });
  process.stdout.write(`${await hq.tokens.accessToken()}\n`);
  process.exit(0);
});
