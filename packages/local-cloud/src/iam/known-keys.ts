/**
 * The condition keys that this cloud can judge. A key that is on this list and not in a request is absent, as on AWS. A key that is not on it
 * cannot be judged: a Deny that asks for it applies and an Allow does not. All lower case, because AWS compares names of keys so.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html (and its sisters for KMS, SSM and STS)
 */
const EXACT = new Set(
  [
    'aws:CalledVia aws:CalledViaFirst aws:CalledViaLast aws:CurrentTime aws:EpochTime aws:FederatedProvider aws:MultiFactorAuthAge',
    'aws:MultiFactorAuthPresent aws:PrincipalAccount aws:PrincipalArn aws:PrincipalIsAWSService aws:PrincipalOrgID aws:PrincipalOrgPaths',
    'aws:PrincipalServiceName aws:PrincipalType aws:Referer aws:RequestedRegion aws:ResourceAccount aws:SecureTransport aws:SourceAccount',
    'aws:SourceArn aws:SourceIdentity aws:SourceIp aws:SourceVpc aws:SourceVpce aws:TagKeys aws:TokenIssueTime aws:UserAgent aws:userid',
    'aws:username aws:ViaAWSService aws:VpcSourceIp',
    's3:authType s3:delimiter s3:ExistingObjectTag s3:locationconstraint s3:max-keys s3:object-lock-mode s3:prefix s3:RequestObjectTagKeys',
    's3:ResourceAccount s3:signatureAge s3:signatureversion s3:TlsVersion s3:versionid s3:x-amz-acl s3:x-amz-content-sha256 s3:x-amz-copy-source',
    's3:x-amz-grant-full-control s3:x-amz-grant-read s3:x-amz-grant-read-acp s3:x-amz-grant-write s3:x-amz-grant-write-acp',
    's3:x-amz-metadata-directive s3:x-amz-object-ownership s3:x-amz-server-side-encryption s3:x-amz-server-side-encryption-aws-kms-key-id',
    's3:x-amz-server-side-encryption-customer-algorithm s3:x-amz-storage-class s3:x-amz-website-redirect-location s3:if-match s3:if-none-match',
    's3:ObjectCreationOperation',
    'kms:BypassPolicyLockoutSafetyCheck kms:CallerAccount kms:CustomerMasterKeySpec kms:CustomerMasterKeyUsage kms:DataKeyPairSpec',
    'kms:EncryptionAlgorithm kms:EncryptionContextKeys kms:KeyOrigin kms:KeySpec kms:KeyUsage kms:MessageType kms:MultiRegion',
    'kms:MultiRegionKeyType kms:PrincipalArn kms:RequestAlias kms:ResourceAliases kms:ReEncryptOnSameKey kms:RotationPeriodInDays',
    'kms:ScheduleKeyDeletionPendingWindowInDays kms:SigningAlgorithm kms:ViaService',
    'ssm:DocumentCategories ssm:Overwrite ssm:Policies ssm:Recursive ssm:SourceInstanceARN',
    'sts:AWSServiceName sts:DurationSeconds sts:ExternalId sts:RoleSessionName sts:SourceIdentity sts:TransitiveTagKeys',
  ].flatMap((line) => line.toLowerCase().split(' ')),
);

const FAMILIES = [
  'aws:principaltag/',
  'aws:requesttag/',
  'aws:resourcetag/',
  'iam:resourcetag/',
  'kms:encryptioncontext:',
  's3:existingobjecttag/',
  's3:requestobjecttag/',
  'ssm:resourcetag/',
];

/** True if the evaluator knows what this key means, whether or not a request has it. Lower case. */
export function isKnownKey(key: string): boolean {
  return EXACT.has(key) || FAMILIES.some((family) => key.startsWith(family) && key.length > family.length);
}
