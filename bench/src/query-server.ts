/** The server side of the query comparison, in a process of its own: ours whole (`ours PORT STORAGE-PORT DATA`), or `node:http` that answers the same bytes (`bare PORT`). */
import { createServer } from 'node:http';
import { composeLocal } from '@hq/server/compose';
import { createLineLog } from '@hq/server/line-log';

const [side = '', port = '', storagePort = '', data = ''] = process.argv.slice(2);

if (side === 'ours') {
  await composeLocal({ port: Number(port), storagePort: Number(storagePort), data }, createLineLog(process.stderr), { rate: null });
} else {
  const body = Buffer.alloc(Number(storagePort) || 200, 'x');
  createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  }).listen(Number(port), '127.0.0.1');
}
