import type { Transporter } from 'nodemailer';
import { ExhibitError, isThisMachine } from '../../record/index.ts';
import type { Channel } from '../findings/config.ts';
import type { Sent } from './post.ts';
import type { Sender } from './sender.ts';

/**
 * Sends by SMTP; a message keeps its id over every attempt, so that what arrives twice is one message. TLS is asked for, but on this
 * machine.
 * @param address smtp:// or smtps://, with user and password where the server asks for them
 * @throws ExhibitError CONFIG_INVALID, without the address
 */
export function emailSender(channel: Extract<Channel, { kind: 'email' }>, address: string): Sender {
  const { from, to, to_owner, name } = channel;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:'))
    throw new ExhibitError('CONFIG_INVALID', `the address of the channel ${name} is not one of SMTP`, {
      hint: 'smtp://user:password@mail.example.com:587, in a variable or a file.',
    });
  const local = isThisMachine(url);
  const secure = url.protocol === 'smtps:';
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !local,
    ...(local ? { ignoreTLS: !secure } : {}),
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    ...{ connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  };
  let transport: Transporter | undefined;
  const domain = from.split('@').at(-1) ?? 'exhibit.invalid';
  return {
    close: () => transport?.close(),
    send: async (message, { finding, key }) => {
      const owner = to_owner && isAddress(finding.owner.name) ? [finding.owner.name] : [];
      const all = [...new Set([...to, ...owner])];
      if (all.length === 0)
        return { outcome: 'failed', why: 'it names nobody, and the owner is no address', again: false };
      // Loaded only where there is a mail to send.
      transport ??= (await import('nodemailer')).createTransport(options);
      try {
        const sent = await transport.sendMail({
          ...{ from, to: all, subject: message.title, text: `${message.text}\n` },
          messageId: `<${key}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Exhibit-Finding': finding.id },
        });
        return (sent.rejected ?? []).length === 0
          ? { outcome: 'delivered', receipt: `<${key}@${domain}>` }
          : {
              outcome: 'failed',
              why: `${(sent.rejected ?? []).length} of ${all.length} addresses were refused`,
              again: false,
            };
      } catch (error) {
        return failure(error);
      }
    },
  };
}

const isAddress = (text: string): boolean => /^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$/.test(text);

/** The server's words may hold an address or a user: its code alone is told. */
function failure(error: unknown): Sent {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  if (responseCode !== undefined)
    return { outcome: 'failed', why: `the server answers ${responseCode}`, again: responseCode < 500 };
  if (code === 'EAUTH')
    return { outcome: 'failed', why: 'the server does not take user and password', again: false };
  return { outcome: 'failed', why: `the server cannot be reached (${code ?? 'no code'})`, again: true };
}
