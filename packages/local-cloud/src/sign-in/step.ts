/** What the steps of signing in, signing up and resetting a password have in common. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accounts } from './accounts.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { Codes } from './codes.ts';
import { FormRefused } from './form.ts';
import type { Interaction, Interactions } from './interaction.ts';
import type { Outbox } from './outbox.ts';
import type { Page } from './pages/page.ts';
import type { PasswordCost } from './password.ts';
import type { RateLimit } from './rate-limit.ts';

/** What steps stand on. */
export interface SignInRoom {
  readonly accounts: Accounts;
  readonly artifacts: ArtifactStore;
  readonly codes: Codes;
  readonly outbox: Outbox;
  readonly interactions: Interactions;
  readonly limits: SignInLimits;
  readonly cost: PasswordCost;
  readonly signUpOpen: boolean;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Wrong passwords, and mails sent, by address and by where they come from. */
export interface SignInLimits {
  readonly passwordsByBoth: RateLimit;
  readonly passwordsByAddress: RateLimit;
  readonly passwordsByPeer: RateLimit;
  readonly mailsByAddress: RateLimit;
  readonly mailsByPeer: RateLimit;
}

/** One form that was sent. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly interaction: Interaction;
  readonly form: URLSearchParams;
  readonly peer: string;
}

/** A page, another step of this interaction (its last path segment), or nothing more to say: the response has been sent. */
export type Answer = { readonly page: Page; readonly status?: number } | { readonly step: string } | 'answered';

export type Step = (room: SignInRoom, visit: Visit) => Promise<Answer>;

/** @throws FormRefused 429 when any of these keys has to wait. */
export function assertMayTry(now: number, keys: readonly (readonly [RateLimit, string])[]): void {
  const wait = Math.max(...keys.map(([limit, key]) => limit.wait(key, now)));
  if (wait === 0) return;
  const minutes = Math.ceil(wait / 60_000);
  throw new FormRefused(429, `Too many tries. Please wait ${minutes} minute${minutes === 1 ? '' : 's'} and try again.`, Math.ceil(wait / 1000));
}

/** The six digits of a form, however they were spaced. */
export function typedCode(form: URLSearchParams): string {
  return (form.get('code') ?? '').replace(/\s/g, '').slice(0, 6);
}

/** What to say of a code that did not fit. The same whether or not the address has an account. */
export function codeProblem(outcome: 'wrong' | 'expired' | 'spent' | 'none'): string {
  if (outcome === 'wrong') return 'That code is not right. Please look again.';
  if (outcome === 'expired') return 'That code has expired. Please ask for a new one.';
  if (outcome === 'spent') return 'Too many wrong codes. Please ask for a new one.';
  return 'There is no code to confirm here, or it was used already. Please start again.';
}
