/** Organizations: made together with their storage, or not at all as far as anyone can use them. */
import { HqError } from '@hq/shared/errors';
import type { Role } from '@hq/shared/roles';
import type { Ports } from '../context.ts';
import type { Access } from '../stores/access.ts';
import type { Organization } from '../stores/organizations.ts';
import type { PersonJob } from './me.ts';

/** Organizations that one person may be in when they make another: each costs a bucket and a key. */
const maxOrganizations = 100;

function describe({ id, name, createdAt, storage }: Organization, role: Role) {
  return { id, name, role, createdAt, state: storage.state };
}

type CreatePorts = Pick<Ports, 'place' | 'profiles' | 'provision'> & { readonly stores: Pick<Ports['stores'], 'organizations'> };

/**
 * The caller's organization of that name, with its storage ready. Repeating it after a crash, or at the same time, finishes and finds the same one.
 * @throws HqError `FORBIDDEN` for someone who is in very many already.
 */
export async function createOrganization({ place, profiles, provision, stores }: CreatePorts, job: PersonJob, { name }: { readonly name: string }) {
  const { id, email } = await profiles.refresh(job.token, job.accessToken, job.person);
  const mine = await stores.organizations.ofPerson(id);
  const found = mine.find(({ organization }) => organization.createdBy === id && organization.name === name);
  if (found === undefined && mine.length >= maxOrganizations) {
    throw new HqError('FORBIDDEN', `You are in ${mine.length} organizations, and ${maxOrganizations} is the most.`, {
      hint: 'Leave one that you no longer need.',
    });
  }
  const organization = await stores.organizations.claim({ name, createdBy: id, email, bucketFor: place.bucketFor });
  if (organization.storage.state !== 'active') await provision(organization);
  return { ...describe(organization, found?.role ?? 'admin'), state: 'active' as const };
}

/** Of a member's organization. Its storage may still be on its way. */
export function describeOrganization(ports: Pick<Ports, 'place'>, { access: { organization, member } }: { readonly access: Access }) {
  if (organization === undefined || member === undefined) throw new HqError('NOT_FOUND', 'There is no such organization.');
  return { ...describe(organization, member.role), bucket: organization.storage.bucket, region: ports.place.region };
}

/** All that the caller is in. */
export async function listOrganizations({ stores }: { readonly stores: Pick<Ports['stores'], 'organizations'> }, { person }: PersonJob) {
  const mine = await stores.organizations.ofPerson(person.id);
  return { organizations: mine.map(({ organization, role }) => describe(organization, role)) };
}
