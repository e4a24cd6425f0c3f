/** Names of general purpose buckets. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
import { AwsError } from '../../../http/aws-error.ts';

const RESERVED_PREFIXES = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const RESERVED_SUFFIXES = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/** @throws AwsError 400 `InvalidBucketName`. */
export function checkBucketName(name: string): void {
  // Each label is one of DNS, so `a.-b` is out as well as `a..b`.
  const labels = name.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label));
  const shaped = name.length >= 3 && name.length <= 63 && labels && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
  const reserved = RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) || RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix));
  if (!shaped || reserved) throw new AwsError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
}
