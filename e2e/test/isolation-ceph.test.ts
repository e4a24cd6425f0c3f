/** The storage gate on Ceph RGW: the same sessions, strangers and verbs, judged by an enforcer that nobody here wrote. */
import { describe } from 'vitest';
import { openCephEngine } from '../isolation/ceph-engine.ts';
import { describeStorageGate } from '../isolation/storage-gate.ts';
import { engineUrl } from '../support/engines.ts';

const url = engineUrl('Ceph RGW', 'HQ_CEPH_URL');

describe.skipIf(url === undefined)('where it runs', () => {
  describeStorageGate('Ceph RGW', () => openCephEngine(url ?? ''), {});
});
