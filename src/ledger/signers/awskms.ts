import type { KMSClient } from '@aws-sdk/client-kms';
import { isExhibitError } from '../../record/index.ts';
import { signerFailed, wrongKey } from './fault.ts';
import { ed25519Bytes } from './spki.ts';
import type { OutsideKey, SignerPlace, Surroundings } from './types.ts';

/** The key spec of Ed25519 and its pure form (RFC 8032), which takes the message itself. */
const SPEC = 'ECC_NIST_EDWARDS25519';
const ALGORITHM = 'ED25519_SHA_512';

const MAKE_ONE = `aws kms create-key --key-spec ${SPEC} --key-usage SIGN_VERIFY`;

/** What an operator does about it, by the name that KMS gives the error. */
const HINTS: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'The writer needs kms:Sign and kms:GetPublicKey on this key: exhibit ledger signer FOLDER --key-policy ROLE-ARN',
  DisabledException: 'Enable the key, or hand the log over to another one.',
  KMSInvalidStateException: 'The key is disabled or is to be deleted: cancel the deletion and enable it.',
  NotFoundException: 'Look at the key id, the region and the account.',
  CredentialsProviderError:
    'There are no credentials of AWS here: a role of the machine, AWS_PROFILE, or AWS_ACCESS_KEY_ID.',
  InvalidKeyUsageException: `The key is no Ed25519 key that signs. Make one with: ${MAKE_ONE}`,
};

/**
 * A key in AWS KMS. A signature that was made and whose answer was lost is asked for again: Ed25519 makes the same one.
 * @see docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
export function awsKmsKey(place: Extract<SignerPlace, { kind: 'awskms' }>, around: Surroundings): OutsideKey {
  const name = `awskms:${place.key}`;
  const ask = async <T>(work: (client: KMSClient, abortSignal: AbortSignal) => Promise<T>): Promise<T> => {
    // Over all tries, so that whoever waits for the lock of the writer is not held up for long.
    const signal = AbortSignal.timeout(around.timeout * (around.tries + 1));
    try {
      return await work(await clientOf(place.region, around), signal);
    } catch (cause) {
      if (isExhibitError(cause)) throw cause;
      const reason = cause instanceof Error ? cause.name : 'error';
      const hint = HINTS[reason];
      throw signerFailed(name, `gave no answer that can be used (${reason})`, {
        cause,
        reason,
        ...(hint === undefined ? {} : { hint }),
      });
    }
  };
  return {
    publicKey: () =>
      ask(async (client, abortSignal) => {
        const { GetPublicKeyCommand } = await import('@aws-sdk/client-kms');
        const answer = await client.send(new GetPublicKeyCommand({ KeyId: place.key }), { abortSignal });
        // The key itself says what it is; not every service that speaks KMS gives its spec.
        const bytes = ed25519Bytes(answer.PublicKey ?? new Uint8Array());
        const { KeySpec: spec = 'another spec', KeyUsage: use = 'SIGN_VERIFY' } = answer;
        if (bytes === undefined || use !== 'SIGN_VERIFY') {
          throw wrongKey(
            name,
            `is of ${spec} for ${use}, not of ${SPEC} for SIGN_VERIFY`,
            `Make one with: ${MAKE_ONE}`,
          );
        }
        return bytes;
      }),
    sign: (message) =>
      ask(async (client, abortSignal) => {
        const { SignCommand } = await import('@aws-sdk/client-kms');
        const asked = new SignCommand({
          KeyId: place.key,
          Message: message,
          MessageType: 'RAW',
          SigningAlgorithm: ALGORITHM,
        });
        return (await client.send(asked, { abortSignal })).Signature ?? new Uint8Array();
      }),
  };
}

/** A client for a region and the process: a seal a second would otherwise make a connection each. */
const clients = new WeakMap<Surroundings, Map<string, KMSClient>>();

async function clientOf(region: string | undefined, around: Surroundings): Promise<KMSClient> {
  const known = clients.get(around) ?? new Map<string, KMSClient>();
  clients.set(around, known);
  const there = known.get(region ?? '');
  if (there !== undefined) return there;
  // Loaded here: only who signs with KMS has its SDK in memory.
  const { KMSClient: Client } = await import('@aws-sdk/client-kms');
  const { timeout, tries } = around;
  const client = new Client({
    ...(region === undefined ? {} : { region }),
    // The SDK waits longer after a throttled try, and takes part of the wait by chance.
    maxAttempts: tries,
    requestHandler: { connectionTimeout: timeout, requestTimeout: timeout, throwOnRequestTimeout: true },
  });
  known.set(region ?? '', client);
  return client;
}
