/** Refusals that many verbs share, in AWS's words. */
import { AwsError } from '../../../http/aws-error.ts';

/** For what this service does not do: said clearly, never done halfway. */
export function notImplemented(what: string): AwsError {
  return new AwsError(501, 'NotImplemented', `A header or parameter you provided implies functionality that is not implemented: ${what}`);
}

/** 400 `InvalidArgument`. */
export function invalidArgument(message: string, name: string, value: string | undefined): AwsError {
  return new AwsError(400, 'InvalidArgument', message, { ArgumentName: name, ...(value === undefined ? {} : { ArgumentValue: value }) });
}

/** 400 `InvalidRequest`. */
export function invalidRequest(message: string): AwsError {
  return new AwsError(400, 'InvalidRequest', message);
}

/** 412, naming the condition. */
export function preconditionFailed(condition: string): AwsError {
  return new AwsError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { Condition: condition });
}

/** 405: the newest version is a delete marker, or the verb does not fit the resource. */
export function methodNotAllowed(method: string, resourceType: string): AwsError {
  return new AwsError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', { Method: method, ResourceType: resourceType });
}
