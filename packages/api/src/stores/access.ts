/**
 * All that one authorization needs, in one round trip: the person, the organization and their place in it, the vault, and the records at the targets and the
 * folders above them. Read anew on every request and kept nowhere.
 */
import type { AclRecord, Caller } from '@hq/shared/acl/rule';
import { type Path, root, selfAndAncestors } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import type { Item, Key, Table } from '../ports/table.ts';
import { groupsKey, memberKey, memberPrefix, organizationKey, personalVaultsKey, personPartition, profileKey, receiptKey, recordKey } from './keys.ts';
import { type GroupTree, unfold } from '@hq/shared/acl/groups';
import { toGroupTree } from './group-tree.ts';
import { type Member, type StoredMember, toMember } from './membership.ts';
import { type Organization, toOrganization } from './organizations.ts';
import { type Person, toPerson } from './people.ts';
import { type Receipt, toReceipt } from './receipts.ts';
import { type Rules, toRecords } from './rules.ts';
import { toVaultRecord } from './vault-records.ts';
import { organizationVault, personalVault } from './vaults.ts';
import { walk } from './walk.ts';

/** `personal`, or the id of an organization. */
export type VaultSelector = string;

export interface Access {
  readonly person: Person;
  /** What `decide()` asks about: `standing` is `none` where the person has no part in it, or it does not exist. */
  readonly caller: Caller;
  /** Undefined for the personal vault, and for an organization that does not exist. */
  readonly organization: Organization | undefined;
  /** Undefined for the personal vault, and for someone who is no member. */
  readonly member: StoredMember | undefined;
  /** Undefined where it does not exist, or its storage is not provisioned yet. */
  readonly vault: Vault | undefined;
  /** At the targets and above; empty for a personal vault, whose owner no rule concerns. */
  readonly records: ReadonlyMap<Path, AclRecord>;
  /** What is stored under the request id that was named. */
  readonly receipt: Receipt | undefined;
}

/** Everyone and every rule of an organization: what questions about all of it, and changes, are judged on. */
export interface OrganizationAccess {
  readonly members: ReadonlyMap<string, StoredMember>;
  readonly groups: GroupTree;
  readonly records: ReadonlyMap<Path, AclRecord>;
}

export interface AccessStore {
  /** Loads for some targets. With none, only who and where. */
  load(vault: VaultSelector, personId: string, paths: readonly Path[], requestId?: string): Promise<Access>;
  /** The same for a cone, and the records under it as well: what `compile()` asks about. */
  loadCone(vault: VaultSelector, personId: string, cone: Path): Promise<Access>;
  /** Everyone, with their groups: one page of members a thousand. */
  loadMembers(organizationId: string): Promise<Pick<OrganizationAccess, 'members' | 'groups'>>;
  /** The same with all records: one page more a thousand of them. */
  loadOrganization(organizationId: string): Promise<OrganizationAccess>;
}

/** What `decide()` asks about a member. */
export function callerOf(member: Member, groups: GroupTree): Caller {
  return {
    personId: member.personId,
    ...(member.email === null ? {} : { email: member.email }),
    groups: unfold(member.groups, groups),
    standing: { kind: 'member', role: member.role },
  };
}

const maxMembers = 50_000;

export function createAccess(table: Table, rules: Rules, region: string): AccessStore {
  async function loadPersonal(personId: string): Promise<Access> {
    const [profile, storage] = await table.getMany([profileKey(personId), personalVaultsKey]);
    const person = toPerson(personId, profile);
    return {
      person,
      caller: { personId, ...verified(person), groups: new Set(), standing: { kind: 'owner' } },
      organization: undefined,
      member: undefined,
      vault: storage && personalVault(personId, toVaultRecord(storage), region),
      records: new Map(),
      receipt: undefined,
    };
  }

  async function load(selector: VaultSelector, personId: string, paths: readonly Path[], requestId?: string): Promise<Access> {
    if (selector === 'personal') return loadPersonal(personId);
    const targets = [...new Set(paths.flatMap(selfAndAncestors))];
    const asked = requestId === undefined ? [] : [receiptKey(personId, requestId)];
    const keys: Key[] = [profileKey(personId), organizationKey(selector), memberKey(selector, personId), groupsKey(selector)];
    const found = await table.getMany([...keys, ...asked, ...targets.map((path) => recordKey(selector, path))]);
    const [profile, owner, place, groups, ...items]: (Item | undefined)[] = found;
    const receipt = asked.length === 0 ? undefined : items.shift();
    const person = toPerson(personId, profile);
    const organization = owner && toOrganization(owner);
    const member = owner && place && toMember(place);
    return {
      person,
      caller: member === undefined ? { personId, groups: new Set(), standing: { kind: 'none' } } : callerOf(member, toGroupTree(groups)),
      organization,
      member,
      vault: organization && organizationVault(organization.id, organization.storage, region),
      records: toRecords(items),
      receipt: receipt && toReceipt(receipt),
    };
  }

  async function loadMembers(organizationId: string): Promise<Pick<OrganizationAccess, 'members' | 'groups'>> {
    const [members, groups] = await Promise.all([walk(table, { pk: organizationId, prefix: memberPrefix }, maxMembers), table.get(groupsKey(organizationId))]);
    return { members: new Map(members.map((item) => toMember(item)).map((member) => [member.personId, member])), groups: toGroupTree(groups) };
  }

  return {
    load,
    async loadCone(selector, personId, cone) {
      if (selector === 'personal') return loadPersonal(personId);
      const [access, under] = await Promise.all([load(selector, personId, [cone]), rules.recordsUnder(selector, cone)]);
      const records = new Map(access.records);
      for (const record of under) records.set(record.path, record);
      return { ...access, records };
    },
    loadMembers,
    async loadOrganization(organizationId) {
      const [people, records] = await Promise.all([loadMembers(organizationId), rules.recordsUnder(organizationId, root)]);
      return { ...people, records: new Map(records.map((record) => [record.path, record])) };
    },
  };
}

/** The partition in which a vault's records, sessions and audit are: the vault's id. */
export function vaultIdOf(selector: VaultSelector, personId: string): string {
  return selector === 'personal' ? personPartition(personId) : selector;
}

const verified = (person: Person) => (person.email === null ? {} : { email: person.email });
