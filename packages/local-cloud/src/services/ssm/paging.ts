/** Pages of lists. A token is where the last page ended, and nothing else: it opens no door that the request itself does not. */
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';

/** `MaxResults` and `NextToken`. */
export function page(most: number, unless: number) {
  return { MaxResults: z.int().min(1).max(most).default(unless), NextToken: z.string().max(4096).optional() };
}

/** Where a page starts; undefined for the first. @throws AwsError `InvalidNextToken`. */
export function cursorOf(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('after ')) throw new AwsError(400, 'InvalidNextToken', 'The specified token is not valid.');
  return text.slice('after '.length);
}

/** `NextToken`, where there is more. */
export function tokenOf(last: string | undefined): { NextToken?: string } {
  return last === undefined ? {} : { NextToken: Buffer.from(`after ${last}`).toString('base64url') };
}
