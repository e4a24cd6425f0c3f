/** Whom a rule is for, as it is typed: `@all`, an e-mail address, a group's id, or a person's id. */
import type { Grantee } from '@hq/shared/acl/rule';
import { idPattern, personIdPattern } from '@hq/shared/ids';
import { UsageError } from './usage-error.ts';

const groupId = idPattern('group');

/** @throws UsageError for text that is none of these. */
export function readGrantee(text: string): Grantee {
  if (text === '@all') return { kind: 'org' };
  if (groupId.test(text)) return { kind: 'group', id: text };
  if (personIdPattern.test(text)) return { kind: 'person', id: text };
  if (text.includes('@')) return { kind: 'email', email: text };
  throw new UsageError(`"${text}" is neither @all, an e-mail address, a group (grp_…) nor a person's id.`);
}

/** The same form again. */
export function showGrantee(grantee: Grantee): string {
  if (grantee.kind === 'org') return '@all';
  return grantee.kind === 'email' ? grantee.email : grantee.id;
}
