/**
 * Where access changes inside a cone. The answer of `decide()` at a key is its answer at the deepest record at or above the key, so it is enough to ask at the
 * cone and at each record under it, and to keep the places where the answer differs from the one around it. What is kept alternates: allowed, denied, allowed…
 */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import type { AclLookup, AclRecord, Caller } from '@hq/shared/acl/rule';
import { compareBytes, isInside, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';

/** A path that is allowed, and the denied places right inside it (deeper ones that are allowed again are regions of their own). */
export interface Region {
  readonly allow: Path;
  readonly deny: readonly Path[];
}

export interface Boundaries {
  /** Outer regions before the ones inside them. */
  readonly regions: readonly Region[];
  /** The first moment at which something in the regions stops being allowed; undefined when no rule's expiry changes anything. */
  readonly notAfter: EpochSeconds | undefined;
}

export interface Question {
  readonly caller: Caller;
  /** The records at and above the cone, and all those under it. Others do no harm. */
  readonly records: readonly AclRecord[];
  readonly cone: Path;
  readonly access: 'read' | 'write';
  readonly now: EpochSeconds;
}

interface Node {
  readonly path: Path;
  readonly allowed: boolean;
  readonly deny: Path[];
}

/** The regions of a cone in which the caller has at least `access`. */
export function boundariesOf({ caller, records, cone, access, now }: Question): Boundaries {
  const lookup = new Map(records.map((record) => [record.path, record]));
  const inside = [...lookup.keys()].filter((path) => isInside(path, cone)).toSorted(compareBytes);
  const regions: Node[] = [];
  // The chain of kept nodes from the cone to where we are: byte order visits a folder right before all that is inside it.
  const chain: Node[] = [];
  let notAfter: EpochSeconds | undefined;
  // A cone with a record of its own comes twice, which changes nothing.
  for (const path of [cone, ...inside]) {
    while (chain.length > 0 && !covers(chain.at(-1), path)) chain.pop();
    const end = allowedUntil(caller, lookup, path, access, now);
    if (end !== undefined && end !== Number.POSITIVE_INFINITY) notAfter = Math.min(notAfter ?? end, end);
    const around = chain.at(-1);
    const node: Node = { path, allowed: end !== undefined, deny: [] };
    if (node.allowed === (around?.allowed ?? false)) continue;
    if (node.allowed) regions.push(node);
    else around?.deny.push(path);
    chain.push(node);
  }
  return { regions: regions.map(({ path, deny }) => ({ allow: path, deny })), notAfter };
}

function covers(node: Node | undefined, path: Path): boolean {
  return node !== undefined && isInside(path, node.path);
}

/** Until when the caller has `access` at a path: a second, infinity, or undefined where access is refused now. */
function allowedUntil(caller: Caller, records: AclLookup, path: Path, access: 'read' | 'write', now: EpochSeconds): number | undefined {
  let end: number | undefined;
  for (let at = now; ; ) {
    const { level, because } = decide(caller, records, path, at);
    if (!allows(level, access)) return end;
    // Nothing but the deciding rule's own end can take the access away (see `decide`), so look again right there.
    end = because.kind === 'rule' ? (because.rule.expiresAt ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    if (end === Number.POSITIVE_INFINITY) return end;
    at = end;
  }
}
