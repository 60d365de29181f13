import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { type AttestKeyType, parseSummary, readEnvelope } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { table } from '../terminal/table.ts';
import { readAttestation } from './read.ts';
import { rowsOf } from './rows.ts';
import { generateAttestKey } from './signing-key.ts';

/** `exhibit attest show`: what an attestation says of itself. Nothing is verified, and it says so. */
export async function show(file: string, flags: { json?: boolean }, context: Context): Promise<ExitCode> {
  const { envelope, form } = readEnvelope(readAttestation(file, context));
  if (flags.json === true) {
    // As it was signed, so that another program sees what was signed.
    context.stdout.write(`${Buffer.from(envelope.payload).toString('utf8').trimEnd()}\n`);
    return EXIT.ok;
  }
  const claimed = envelope.signatures.map(({ keyid }) => [
    'signature',
    `of the key ${keyid ?? 'that it does not name'}`,
  ]);
  context.stdout.write(
    table(
      [
        ['not verified', 'this is what the file says of itself'],
        ['form', form === 'dsse' ? 'DSSE envelope' : 'bundle of sigstore'],
        ...claimed,
        ...rowsOf(parseSummary(envelope.payload)),
      ],
      context.stdout,
    ),
  );
  return EXIT.ok;
}

/** `exhibit attest keygen`: a pair of keys, which replaces nothing. */
export async function keygen(
  flags: { type: AttestKeyType; out: string },
  context: Context,
): Promise<ExitCode> {
  const secret = resolve(context.cwd, `${flags.out}.pem`);
  const shared = resolve(context.cwd, `${flags.out}.pub.pem`);
  for (const file of [secret, shared])
    if (existsSync(file))
      throw new ExhibitError('USAGE', 'there is a key already; it stays', {
        location: { file },
        hint: 'Move it away, or name another with --out.',
      });
  const { privateKeyPem, publicKeyPem } = generateAttestKey(flags.type);
  writeFileSync(secret, privateKeyPem, { mode: 0o600, flag: 'wx' });
  writeFileSync(shared, publicKeyPem, { flag: 'wx' });
  context.stdout.write(
    table(
      [
        ['private', secret],
        ['public', shared],
      ],
      context.stdout,
    ),
  );
  return EXIT.ok;
}
