/** The signature of a form upload: it covers the policy in the form, and the policy says what the form may hold. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html */
import { AwsError } from '../http/aws-error.ts';
import { type Claim, ONLY_SIGV4, readCredential, readSignature } from './claim.ts';

/** A claim, and the text that it signed. */
export interface FormClaim extends Claim {
  /** Base64, as it came. */
  readonly policy: string;
}

const FIELDS = ['policy', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'];

/** Reads the claim from a form's fields; undefined for a form without any. @throws AwsError 400 where a part is missing or malformed. */
export function readFormClaim(fields: ReadonlyMap<string, string>): FormClaim | undefined {
  if (fields.has('awsaccesskeyid') || fields.has('signature')) throw new AwsError(400, 'InvalidRequest', ONLY_SIGV4);
  if (!FIELDS.some((name) => fields.has(name))) return undefined;
  const need = (name: string): string => {
    const value = fields.get(name);
    if (!value) {
      const message = `Bucket POST must contain a field named '${name}'. If it is specified, please check the order of the fields.`;
      throw new AwsError(400, 'InvalidArgument', message, { ArgumentName: name });
    }
    return value;
  };
  if (need('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') throw badField('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  return {
    carrier: 'form',
    ...readCredential(need('x-amz-credential'), badField),
    signedHeaders: [],
    signature: readSignature(need('x-amz-signature'), badField),
    amzDate: need('x-amz-date'),
    expires: undefined,
    token: fields.get('x-amz-security-token'),
    policy: need('policy'),
  };
}

const badField = (message: string): AwsError => new AwsError(400, 'InvalidArgument', message);
