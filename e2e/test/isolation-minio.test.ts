/** The storage gate on MinIO: the same sessions, strangers and verbs, judged by a second enforcer that nobody here wrote. */
import { describe } from 'vitest';
import { openMinioEngine } from '../isolation/minio-engine.ts';
import { describeStorageGate } from '../isolation/storage-gate.ts';
import { engineUrl } from '../support/engines.ts';

const url = engineUrl('MinIO', 'HQ_MINIO_URL');

const notThere = { codes: ['NotImplemented'], why: 'MinIO has no public access block' };

describe.skipIf(url === undefined)('where it runs', () => {
  describeStorageGate('MinIO', () => openMinioEngine(url ?? ''), {
    GetPublicAccessBlock: notThere,
    DeletePublicAccessBlock: notThere,
  });
});
