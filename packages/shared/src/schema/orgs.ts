/** `orgs`: organizations, each with a bucket and a key of its own. */
import * as z from 'zod';
import { epochSeconds, organizationId, role } from './fields.ts';

/** Shown to people and typed on a command line. Unique among one person's organizations only, so that it tells nothing about anyone else's. */
export const organizationName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'A name is 1 to 48 lower-case letters, digits and "-", and starts and ends with a letter or digit.');

const organization = z.object({ id: organizationId, name: organizationName, role, createdAt: epochSeconds, state: z.enum(['provisioning', 'active']) });

/** Repeating it with the same name finishes or finds the same organization: safe after a crash. */
export const createInput = z.object({ name: organizationName });
export const createOutput = organization;

export const getInput = z.object({ vault: organizationId });
export const getOutput = organization.extend({ bucket: z.string(), region: z.string() });

export const listInput = z.void();
export const listOutput = z.object({ organizations: z.array(organization) });
