/** `hq credentials list`: sessions that storage honours right now. */
import { toIso } from '@hq/shared/time';
import { findMember } from '../../access/find.ts';
import { loadNames } from '../../access/names.ts';
import { placeWords } from '../../access/words.ts';
import { organizationOf } from '../../organization.ts';
import { rulePath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'List the storage sessions that are live',
  details: 'Your own; for admins, those of all. A session lives to its end, also after access was taken away; none lives longer than an hour.',
  arguments: { path: { help: 'Only those that can reach this path', optional: true } },
  options: { ...vaultOptions, person: { type: 'string', value: 'PERSON', help: 'Only of this member, by e-mail address or id' } },
  run: async (context, { arguments: given, options }) => {
    const { api } = await context.hq();
    const vault = options.person === undefined ? (await context.vault(options.org)).selector : await organizationOf(context, options.org);
    const person = options.person === undefined ? {} : { personId: (await findMember(api, vault, options.person)).personId };
    const [answer, names] = await Promise.all([api.credentials.list.query({ vault, path: rulePath(given.path), ...person }), loadNames(api, vault)]);
    context.out.table(
      answer,
      answer.sessions.map(({ personId, cone, source, access, operation, expiresAt, id }) => [
        names.person(personId),
        access,
        placeWords(cone) + (source === null ? '' : ` (from ${source})`),
        `until ${toIso(expiresAt)}`,
        operation,
        id,
      ]),
    );
    if (answer.sessions.length === 0 && !context.out.json) context.out.note('No session is live.');
  },
});
