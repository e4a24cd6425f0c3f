/** Puts secure parameters as fast as they are acknowledged, and says each acknowledgement aloud, until it is killed. `node crash-writer.ts DATA FIRST` */
import { KMSClient, CreateKeyCommand } from '@aws-sdk/client-kms';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { startLocalCloud } from '../../src/local-cloud.ts';

const [data = '', first = '0'] = process.argv.slice(2);
const secretAccessKey = 'a secret of the root user';
const policies = [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }];
const cloud = await startLocalCloud({
  port: 0,
  data,
  principals: { users: [{ name: 'root', accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey, policies }], roles: [] },
});
const config = { endpoint: cloud.url, region: 'us-east-1', credentials: { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey } };
const ssm = new SSMClient(config);
const KeyId = (await new KMSClient(config).send(new CreateKeyCommand({}))).KeyMetadata?.KeyId;
for (let at = Number(first); ; at += 1) {
  await ssm.send(new PutParameterCommand({ Name: `/crash/p${at}`, Value: `value ${at}`, Type: 'SecureString', KeyId }));
  process.stdout.write(`${at}\n`);
}
