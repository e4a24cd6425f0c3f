/** `hq whoami`: who is signed in, and what is open to them. */
import { toIso } from '@hq/shared/time';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  summary: 'Show who is signed in, and the organizations and invitations',
  run: async ({ hq, out }) => {
    const me = await (await hq()).api.me.get.query();
    out.data(me, () => [
      `${me.email ?? '(no verified address)'}  ${me.userId}`,
      ...me.organizations.map(({ name, role, id }) => `organization  ${name}  ${role}  ${id}`),
      ...me.invitations.map(
        ({ organization, role, id, expiresAt }) => `invitation  ${organization}  ${role}  until ${toIso(expiresAt)}  accept with: hq members accept ${id}`,
      ),
    ]);
  },
});
