/**
 * Adds the decision. The procedure says which fields of its input are paths and what it will do there; the decision is made once, on the canonical strings,
 * and those same strings go on as `ctx.at`. Operations take their paths from there and never from the input again.
 */
import { levelOfAction, requireLevel, type FileAction } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import type { ErrorCode } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type * as z from 'zod';
import { withStorage } from '../operations/vault-access.ts';
import { member, memberRefusals, type VaultInput } from './member.ts';

/**
 * What happens at a path. `visible` is for questions about a whole folder, whose answer is made of what `decide()` or `compile()` allows inside it, so that
 * nothing is refused up front.
 */
export type Need = FileAction | 'visible';

/** The fields of an input that hold a canonical path. */
type PathFields<Input> = { [Field in keyof Input]-?: Input[Field] extends Path ? Field : never }[keyof Input] & string;

export type Needs<Input> = { readonly [Field in PathFields<Input>]: Need };

/** @param needs Every path of the input, with what will be done there: a path that is left out does not compile. */
export function authorized<Schema extends VaultInput>(schema: Schema, needs: Needs<z.output<Schema>>) {
  const fields = Object.entries<Need>(needs);
  const pathsOf = (input: z.output<Schema>) => fields.map(([field]) => (input as Readonly<Record<string, Path>>)[field] as Path);
  return member(schema, pathsOf)
    .meta({ needs: fields.map(([field, need]) => `${need} at ${field}`).join(', '), refusals: refusalsOf(fields.map(([, need]) => need)) })
    .use(async ({ ctx, input, next }) => {
      const access = withStorage(ctx.access);
      const { caller, records } = access;
      const paths = pathsOf(input as z.output<Schema>);
      const decisions = paths.map((path) => decide(caller, records, path, ctx.ports.clock()));
      ctx.trail.because = decisions.map(({ because }) => because.kind).join(', ');
      for (const [index, decision] of decisions.entries()) {
        const need = fields[index]?.[1];
        if (need !== undefined && need !== 'visible' && access.receipt === undefined) requireLevel(decision.level, need);
      }
      const at = Object.fromEntries(fields.map(([field], index) => [field, paths[index]])) as { readonly [Field in PathFields<z.output<Schema>>]: Path };
      return next({ ctx: { access, at } });
    });
}

/** Who may read may not always do more; who may not read is never told so. */
function refusalsOf(needs: readonly Need[]): readonly ErrorCode[] {
  const more = needs.some((need) => need !== 'visible' && levelOfAction[need] !== 'read');
  return [...memberRefusals, 'INVALID_PATH', ...(more ? (['FORBIDDEN'] as const) : [])];
}
