/** Our writes as requests, single or as parts of a transaction. */
import type { TransactWriteItem, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { EpochSeconds } from '@hq/shared/time';
import { type Condition, present } from '../../ports/table-condition.ts';
import type { Put, Update, Write } from '../../ports/table.ts';
import { conditionClauses, conjunction, Expression, putExpression, unlessDone, updateExpression } from './dynamodb-expression.ts';
import { toKey } from './dynamodb-item.ts';

/** What all requests of one call share. */
export interface Writing {
  readonly table: string;
  readonly now: EpochSeconds;
  /** Unique to this call; kept through its retries. */
  readonly token: string;
}

type Request = Required<Pick<UpdateItemCommandInput, 'TableName' | 'Key' | 'UpdateExpression' | 'ConditionExpression'>> & Omit<UpdateItemCommandInput, 'Key'>;

const onFailure = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

/** A put or an update. */
export function updateRequest(write: { readonly put: Put } | { readonly update: Update }, { table, now, token }: Writing): Request {
  const expression = new Expression();
  const body = 'put' in write ? write.put : write.update;
  const clauses = [unlessDone(expression, token)];
  const stated: Condition | undefined = body.condition;
  if (stated !== undefined) clauses.push(...conditionClauses(expression, stated, now));
  if ('update' in write) clauses.push(...conditionClauses(expression, present, now));
  return {
    TableName: table,
    Key: toKey(body),
    UpdateExpression: 'put' in write ? putExpression(expression, write.put, token) : updateExpression(expression, write.update, token),
    ConditionExpression: conjunction(clauses),
    ...expression.maps(),
    ...onFailure,
  };
}

/** A removal or a check: what stands in its condition. */
export function plainRequest(write: Extract<Write, { remove: unknown } | { check: unknown }>, { table, now }: Writing) {
  const body = 'remove' in write ? write.remove : write.check;
  const expression = new Expression();
  const condition = body.condition && conjunction(conditionClauses(expression, body.condition, now));
  return { TableName: table, Key: toKey(body), ...(condition === undefined ? {} : { ConditionExpression: condition }), ...expression.maps(), ...onFailure };
}

/** One part of a transaction. */
export function transactItem(write: Write, writing: Writing): TransactWriteItem {
  if ('put' in write || 'update' in write) return { Update: updateRequest(write, writing) };
  const request = plainRequest(write, writing);
  if ('remove' in write) return { Delete: request };
  // A check always has a condition.
  return { ConditionCheck: { ...request, ConditionExpression: request.ConditionExpression ?? '' } };
}
