/** How a storage engine refused, reduced to what can be compared: its code and status. */

export interface Refusal {
  readonly code: string;
  readonly status: number;
}

/** The outcome of one attempt: the refusal, or `succeeded` with what came back. */
export type Outcome = { readonly refused: Refusal } | { readonly succeeded: unknown };

interface ServiceError {
  readonly name?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Runs an attempt. An error that no service sent (a broken connection, a defect in the test) is thrown on: it proves nothing. */
export async function outcomeOf(attempt: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { succeeded: await attempt() };
  } catch (error) {
    const { name, Code, $metadata } = error as ServiceError;
    const status = $metadata?.httpStatusCode;
    if (status === undefined) throw error;
    return { refused: { code: Code ?? name ?? '', status } };
  }
}
