/** Mail by Amazon SES. */
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { invitationLetter } from '../../mail/invitation-letter.ts';
import type { Mail } from '../../ports/mail.ts';
import { ownCall } from './aws-errors.ts';
import type { AwsClientConfig } from './client-config.ts';

export interface SesMailOptions {
  readonly config: AwsClientConfig;
  /** An identity that SES has verified, for example `HQ <hq@example.com>`. */
  readonly from: string;
}

export function createSesMail({ config, from }: SesMailOptions): Mail {
  const client = new SESv2Client(config);
  return {
    async sendInvitation(mail) {
      const { to, subject, text } = invitationLetter(mail);
      const body = { Subject: { Data: subject, Charset: 'UTF-8' }, Body: { Text: { Data: text, Charset: 'UTF-8' } } };
      await ownCall(() => client.send(new SendEmailCommand({ FromEmailAddress: from, Destination: { ToAddresses: [to] }, Content: { Simple: body } })));
    },
  };
}
