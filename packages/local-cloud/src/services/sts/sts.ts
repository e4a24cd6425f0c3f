/** The Security Token Service: sessions of roles, and who am I. https://docs.aws.amazon.com/STS/latest/APIReference/ */
import { AwsError } from '../../http/aws-error.ts';
import type { Call, Service } from '../service.ts';
import { type AssumeRoleOptions, assumeRole } from './assume-role.ts';
import { Form } from './form.ts';
import { type Elements, sendXml } from './xml.ts';

const VERSION = '2011-06-15';

type Verb = (call: Call, form: Form) => Elements;

/** Makes the service. It keeps nothing: sessions live in their tokens. */
export function createSts(options: AssumeRoleOptions): Service {
  const verbs: ReadonlyMap<string, Verb> = new Map([
    ['AssumeRole', (call: Call, form: Form) => assumeRole(call, form, options)],
    ['GetCallerIdentity', callerIdentity],
  ]);
  return {
    name: 'sts',
    async handle(call, response) {
      const form = await readForm(call);
      const action = form.required('Action', /^\w+$/, 64);
      const verb = verbs.get(action);
      if (!verb || form.required('Version', /^[\d-]+$/, 16) !== VERSION) {
        throw new AwsError(400, 'InvalidAction', `Could not find operation ${action} for version ${VERSION}`);
      }
      const result = verb(call, form);
      sendXml(response, 200, call.id, `${action}Response`, { [`${action}Result`]: result, ResponseMetadata: { RequestId: call.id } });
    },
    fail(error, requestId, response) {
      const { status, code, message } = inStsWords(error);
      const elements = { Error: { Type: status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: message }, RequestId: requestId };
      sendXml(response, status, requestId, 'ErrorResponse', elements);
    },
    close: () => Promise.resolve(),
  };
}

/** Anyone who can sign may ask who they are; no policy can forbid it. */
function callerIdentity({ principal }: Call): Elements {
  if (principal.kind === 'anonymous') throw new AwsError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
  return { Arn: principal.arn, UserId: principal.userId, Account: principal.accountId };
}

async function readForm(call: Call): Promise<Form> {
  if (call.rawPath !== '/') throw new AwsError(404, 'InvalidAction', 'STS answers at / only.');
  if (call.method === 'GET') return new Form(call.query);
  if (call.method !== 'POST') throw new AwsError(405, 'InvalidAction', 'STS takes POST and GET.');
  const pieces: Uint8Array[] = [];
  for await (const piece of call.body) pieces.push(piece);
  return new Form(new URLSearchParams(Buffer.concat(pieces).toString()));
}

/** The front speaks S3's words; these are STS's for the same refusals. */
const STS_WORDS: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['InvalidAccessKeyId', [403, 'InvalidClientTokenId']],
  ['InvalidToken', [403, 'InvalidClientTokenId']],
  ['ExpiredToken', [403, 'ExpiredToken']],
  ['RequestTimeTooSkewed', [403, 'SignatureDoesNotMatch']],
  ['AuthorizationHeaderMalformed', [400, 'IncompleteSignature']],
  ['AuthorizationQueryParametersError', [400, 'IncompleteSignature']],
  ['InvalidRequest', [400, 'IncompleteSignature']],
  ['InternalError', [500, 'InternalFailure']],
]);

function inStsWords(error: { status: number; code: string; message: string }): { status: number; code: string; message: string } {
  const [status, code] = STS_WORDS.get(error.code) ?? [error.status, error.code];
  const message = code === 'InvalidClientTokenId' ? 'The security token included in the request is invalid.' : error.message;
  return { status, code, message };
}
