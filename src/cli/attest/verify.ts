import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError, isDigest, isExhibitError, type Layer } from '../../record/index.ts';
import {
  type AttestKey,
  parseAttestKey,
  type SummaryOptions,
  type VerifiedSummary,
  verifySummary,
} from '../../verify/index.ts';
import { nodeAttestCrypto } from '../../verify/node.ts';
import { clockBehind } from '../check/kept-bundle.ts';
import { readState } from '../config/state.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence, table } from '../terminal/table.ts';
import { readAttestation } from './read.ts';
import { rowsOf } from './rows.ts';
import { withImage } from './store.ts';
import { wantedSubjects } from './wanted.ts';

export interface VerifyFlags {
  key: string[];
  subject: string[];
  image?: string;
  insecure?: boolean;
  lineage?: string;
  bundleDigest?: string;
  serial?: number;
  maxAge?: number;
  layer?: Layer;
  failOn?: string;
  resource?: string;
  json?: boolean;
}

/** An attestation with where it came from. */
interface Candidate {
  from: string;
  bytes: Uint8Array;
}

const HOUR = 3_600_000;

/**
 * `exhibit attest verify`: of a file, or of what lies beside an image in its registry. Exit 0: it holds; 1: it does not; 3: there
 * is none, or it could not be told.
 */
export async function verify(
  file: string | undefined,
  flags: VerifyFlags,
  context: Context,
): Promise<ExitCode> {
  if ((file === undefined) === (flags.image === undefined))
    throw usage('name either a file with an attestation, or --image');
  if (flags.key.length === 0) throw usage('--key is missing: without a key that you trust, nothing is shown');
  const { seen } = readState(context.env);
  const behind = clockBehind(context.clock(), seen);
  if (behind !== undefined) throw behind;
  const options = await optionsOf(flags, context);
  if (flags.image === undefined) {
    if (options.subjects.length === 0)
      throw usage('--subject is missing: an attestation holds for something, or it says nothing');
    return answer(
      [{ from: file ?? '', bytes: readAttestation(file ?? '', context) }],
      options,
      flags,
      context,
    );
  }
  return withImage(flags.image, { ...flags, write: false }, context, async ({ image, pull }) => {
    const sha256 = image.digest.slice('sha256:'.length);
    const subject = { sha256, kind: 'image' as const, what: flags.image ?? '' };
    const found = await pull();
    if (found.length === 0)
      throw new ExhibitError('ATTESTATION_MISSING', `no attestation lies beside ${flags.image}`, {
        hint: 'Put one there with: exhibit attest push',
      });
    return answer(found, { ...options, subjects: [...options.subjects, subject] }, flags, context);
  });
}

async function optionsOf(flags: VerifyFlags, context: Context): Promise<SummaryOptions> {
  const { bundleDigest, maxAge } = flags;
  if (bundleDigest !== undefined && !isDigest(bundleDigest))
    throw usage('--bundle-digest takes sha256: and 64 lower-case hexadecimal digits');
  return {
    keys: flags.key.map((name) => readKey(name, context)),
    now: context.clock(),
    subjects: await wantedSubjects(flags.subject, context.cwd),
    lineage: flags.lineage,
    bundleDigest,
    serial: flags.serial,
    maxAge: maxAge === undefined ? undefined : maxAge * HOUR,
    resource: flags.resource,
    ...(flags.layer === undefined ? {} : { layer: flags.layer }),
    ...(flags.failOn === undefined ? {} : { failOn: flags.failOn }),
  };
}

/** One that holds is enough: others beside it may be older, or of others. */
function answer(
  candidates: readonly Candidate[],
  options: SummaryOptions,
  flags: VerifyFlags,
  { stdout }: Context,
): ExitCode {
  const failed: { from: string; error: ExhibitError }[] = [];
  for (const { from, bytes } of candidates) {
    try {
      show(verifySummary(bytes, options, nodeAttestCrypto), from, flags.json === true, stdout);
      return EXIT.ok;
    } catch (error) {
      if (!isExhibitError(error, 'ATTESTATION_INVALID')) throw error;
      failed.push({ from, error });
    }
  }
  if (flags.json === true) {
    const attestations = failed.map(({ from, error }) => ({
      from,
      check: error.details.check,
      message: error.message,
    }));
    stdout.write(`${JSON.stringify({ schemaVersion: 1, holds: false, attestations })}\n`);
    return EXIT.violation;
  }
  for (const { from, error } of failed) {
    stdout.write(`DOES NOT HOLD  ${String(error.details.check)}\n`);
    stdout.write(sentence(`  ${from}: ${error.message}`, stdout));
    if (error.hint !== undefined) stdout.write(sentence(`  next: ${error.hint}`, stdout));
  }
  return EXIT.violation;
}

function show(summary: VerifiedSummary, from: string, json: boolean, stdout: Context['stdout']): void {
  if (!json) {
    stdout.write(table([['holds', from], ...rowsOf(summary)], stdout));
    return;
  }
  const { subjects: _all, predicate, extension: _extension, signers, matched, ...rest } = summary;
  const keys = signers.map(({ name, id }) => ({ name, id }));
  stdout.write(
    `${JSON.stringify({ schemaVersion: 1, holds: true, from, keys, matched, ...rest, predicate })}\n`,
  );
}

function readKey(named: string, { cwd }: Pick<Context, 'cwd'>): AttestKey {
  const file = resolve(cwd, named);
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the public key cannot be read', { cause, location: { file } });
  }
  return parseAttestKey(nodeAttestCrypto.sha256, pem, named);
}

function usage(message: string): ExhibitError {
  return new ExhibitError('USAGE', message);
}
