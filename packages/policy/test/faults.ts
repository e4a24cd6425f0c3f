/** Guarantees that were seen red: a check holds for the right thing, and fails for each faulty one that is named beside it. */
import { expect } from 'vitest';
import type { compile } from '../src/compile.ts';

export type Compiler = typeof compile;

/**
 * The check holds for the right subject and fails for each faulty one. A faulty one has to fail by an assertion: to stumble over an error is not to be caught.
 *
 * @param check asserts; what it is given is `right` or one of the faults.
 */
export function expectOnly<T>(right: T, faults: Readonly<Record<string, T>>, check: (subject: T) => void): void {
  check(right);
  const unnoticed = Object.keys(faults).filter((fault) => !failsOn(faults[fault] ?? right, check));
  expect(unnoticed).toEqual([]);
}

function failsOn<T>(subject: T, check: (subject: T) => void): boolean {
  try {
    check(subject);
    return false;
  } catch (error) {
    if (error instanceof Error && error.name === 'AssertionError') return true;
    throw error;
  }
}

/** A compiler whose policies come out changed: what it would write if it had the fault. */
export function emitting(compiler: Compiler, from: string | RegExp, to: string): Compiler {
  return (input) => {
    const compiled = compiler(input);
    return { ...compiled, sessions: compiled.sessions.map((session) => ({ ...session, policy: session.policy.replaceAll(from, to) })) };
  };
}
