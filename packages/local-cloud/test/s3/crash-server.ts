/** The process that the crash test kills: a local cloud on the folder it is told, with its address on standard output. */
import { startLocalCloud } from '../../src/local-cloud.ts';
import { ADMIN, principalsOf } from './storage.ts';

const cloud = await startLocalCloud({ port: 0, data: process.argv[2] ?? '', principals: principalsOf(ADMIN) });
process.stdout.write(`${cloud.url}\n`);
