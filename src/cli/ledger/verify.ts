import { resolve } from 'node:path';
import {
  missingNumbers,
  type Numbering,
  openReader,
  type VerifiedLedger,
  verifyLedger,
} from '../../ledger/index.ts';
import { type ExhibitError, isExhibitError, toHex } from '../../record/index.ts';
import { isS3Url, type NamedStore, type S3Store, s3Store } from '../../store/index.ts';
import { formatLevel, witnessedLevel } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type BucketFlags, bucketOf } from '../store/flags.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { sentence } from '../terminal/table.ts';
import { columns, printable, wrap } from '../terminal/text.ts';
import { readGivenText } from '../verify/given.ts';
import { trustedKeys } from '../verify/keys.ts';
import { readPolicy } from '../verify/note.ts';
import { type AnchorFlags, ageSeconds } from './anchor-flags.ts';
import { anchorsOf, findingsOf, KeptElsewhere } from './anchors.ts';
import { blobsText, clockText, numberingText } from './facts.ts';
import { forgetHint, remembered, rememberedKey, rememberNote } from './memory.ts';

export interface VerifyFlags extends AnchorFlags {
  known: string[];
  vkey: string[];
  /** File with a trust policy. */
  policy?: string;
  json?: boolean;
  /** False: the blobs that records name are not looked at. */
  blobs?: boolean;
}

/** Of a copy: the numbers that were handed out are known only where they were. */
const NOT_NUMBERED: Numbering = { compared: false, missing: [], more: [] };

/** So many missing or damaged blobs are printed; --json has more. */
const PRINTED = 20;

/**
 * Verifies a whole log against the checkpoints that the caller kept and the one that this machine saw last, and the blobs that
 * its records name. Exit 1 when it does not hold or a blob differs, with the place; exit 3 when a blob is missing.
 *
 * What is remembered is what a given key signed, or the key that signed what was remembered before: a folder that vouches for
 * itself must not decide what this machine takes for the true log.
 */
export async function verify(
  folder: string,
  flags: VerifyFlags & BucketFlags,
  context: Context,
): Promise<ExitCode> {
  const given = flags.known.map((file) => readGivenText(resolve(context.cwd, file)));
  const policy = flags.policy === undefined ? undefined : readPolicy(flags.policy, context);
  const { vkeys, witnesses } = trustedKeys(flags.vkey, policy, context.cwd);
  if (flags.maxAge !== undefined) ageSeconds(flags.maxAge);
  const place = placeOf(folder, flags, context);
  const bar = progress('verifying records', context.stderr, context.clock);
  let kept: KeptElsewhere | undefined;
  try {
    const reader = await openReader(place);
    const { origin } = reader;
    const seen = remembered(origin, context);
    const own = vkeys.length > 0 ? undefined : await rememberedKey(place, origin, context);
    const trusted = own === undefined ? vkeys : [own];
    kept = await KeptElsewhere.read(place, origin, trusted, flags, context);
    const result = await verifyLedger(place, {
      known: [...given, ...(seen === undefined ? [] : [seen]), ...kept.checkpoints],
      ...(trusted.length === 0 ? {} : { vkeys: trusted }),
      blobs: flags.blobs !== false,
      witnesses,
      progress: (done, size) => bar.update(done, size),
    });
    bar.end();
    const { checkpoint, cosigned, handovers, recorded, blobs } = result;
    // The log holds; what is left is who co-signed it and up to where, of those whose keys were given.
    const level = witnessedLevel(checkpoint, cosigned, witnesses, policy);
    const anchors = await anchorsOf(place, result, kept, flags, context);
    const findings = findingsOf(anchors, kept.hidden, flags, context.clock());
    if (trusted.length > 0) rememberNote(checkpoint.origin, result.note, context);
    const numbering =
      typeof place === 'string' ? await missingNumbers(await openReader(place)) : NOT_NUMBERED;
    const clock = clockText(recorded?.last, context.clock());
    const facts = {
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: toHex(checkpoint.root),
      recorded: recorded === undefined ? 'nothing yet' : `${recorded.first} to ${recorded.last}`,
      handovers: handovers.length,
      known: knownText(given.length, seen === undefined ? 0 : 1),
      level: printable(formatLevel({ ...level, anchors })),
      key_from: keyText(vkeys.length > 0, own !== undefined),
    };
    if (flags.json === true) {
      const { witnessed: by, witnessesGiven: given_keys, upTo } = level;
      const size = by.length === 0 ? 0 : (upTo?.size ?? checkpoint.size);
      const more = {
        witnessed: { by, of: given_keys, size },
        ...(blobs === undefined ? {} : { blobs }),
        anchors,
        findings,
        numbering,
        ...(clock === undefined ? {} : { clock }),
      };
      context.stdout.write(
        `${inertJson({ schemaVersion: 1, holds: (blobs?.differ ?? 0) === 0, ...facts, ...more }, 2)}\n`,
      );
    } else {
      const shown = {
        ...facts,
        blobs: blobsText(blobs),
        numbering:
          typeof place === 'string' ? numberingText(numbering) : 'not compared: a bucket has no emitters.db',
        ...(clock === undefined ? {} : { clock }),
      };
      const problems = [...blobLines(blobs), ...findingLines(findings, context.stdout.columns)];
      context.stdout.write(`${[...lines(shown, context.stdout.columns), ...problems].join('\n')}\n`);
    }
    if (findings.length > 0 && (blobs?.differ ?? 0) === 0) return EXIT.violation;
    if (blobs === undefined || blobs.differ + blobs.missing === 0) return EXIT.ok;
    return blobs.differ > 0 ? EXIT.violation : EXIT.incomplete;
  } catch (caught) {
    bar.end();
    const error = kept === undefined ? caught : await kept.explain(place, caught);
    if (!isExhibitError(error) || (error.kind !== 'tampered' && error.kind !== 'fatal')) throw error;
    return fails(
      error,
      flags.json === true,
      context,
      given.length > 0 ? undefined : await memoryHint(place, context),
    );
  } finally {
    kept?.close();
    if (typeof place !== 'string') place.close();
  }
}

/** A folder, or a bucket whose bytes are all checked here: what differs from the digest beside it is found by the log. */
function placeOf(place: string, flags: BucketFlags, { cwd, clock }: Context): string | S3Store {
  return isS3Url(place) ? s3Store(bucketOf(place, flags), { clock, differing: 'give' }) : resolve(cwd, place);
}

function keyText(given: boolean, seen: boolean): string {
  if (given) return 'given';
  return seen
    ? 'this machine: it signed what was seen of the log last'
    : 'the folder itself: this says that the log agrees with itself, not who wrote it; so it is not remembered';
}

/** Which blobs are missing or differ, and which record names each. */
function blobLines(blobs: VerifiedLedger['blobs']): string[] {
  if (blobs === undefined) return [];
  const { differ, missing, problems } = blobs;
  const shown = problems
    .slice(0, PRINTED)
    .map(
      ({ kind, digest, index, member }) =>
        `${kind.padEnd(8)} ${digest} (record ${index}, ${printable(member)})`,
    );
  const rest = differ + missing - shown.length;
  const head = differ > 0 ? ['DOES NOT HOLD  BLOB_DIGEST'] : missing > 0 ? ['INCOMPLETE  BLOB_MISSING'] : [];
  return [
    ...head,
    ...shown.map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${rest} more; --json lists up to 1000`] : []),
  ];
}

/** What is not wrong with the log, and is a finding all the same. */
function findingLines(findings: readonly string[], width: number): string[] {
  return findings.flatMap((one) => [
    'FINDING',
    ...wrap(printable(one), Math.min(width, 100) - 2).map((line) => `  ${line}`),
  ]);
}

function knownText(given: number, seen: number): string {
  if (given + seen === 0) return 'no earlier checkpoint to compare with';
  const parts = [
    ...(given > 0 ? [`${given} given`] : []),
    ...(seen > 0 ? ['one that this machine saw'] : []),
  ];
  return `contains ${parts.join(' and ')}`;
}

/** A log that was made anew under a name that this machine knows fails like a forged one: say what to do about it. */
async function memoryHint(place: string | NamedStore, context: Context): Promise<string | undefined> {
  try {
    const { origin } = await openReader(place);
    return remembered(origin, context) === undefined ? undefined : forgetHint(origin);
  } catch {
    // What is said already is that it cannot be read.
    return undefined;
  }
}

function fails(
  error: ExhibitError,
  json: boolean,
  { stdout }: Context,
  memory: string | undefined,
): ExitCode {
  const { code, message, location, details } = error;
  const hint = code === 'LEDGER_ROLLBACK' || code === 'LEDGER_FORK' ? (error.hint ?? memory) : error.hint;
  if (json)
    stdout.write(`${inertJson({ schemaVersion: 1, holds: false, code, message, location, details }, 2)}\n`);
  else {
    stdout.write(`DOES NOT HOLD  ${code}\n`);
    for (const line of wrap(printable(message), Math.min(stdout.columns, 100) - 2))
      stdout.write(`  ${line}\n`);
    if (location.file !== undefined) stdout.write(`  where: ${printable(location.file)}\n`);
    if (hint !== undefined) stdout.write(sentence(`  next: ${hint}`, stdout));
  }
  return EXIT.violation;
}

function lines(facts: Record<string, string | number>, width: number): string[] {
  return columns(
    Object.entries(facts).map(([name, value]) => [name.replace('_', ' '), String(value)]),
  ).flatMap((line) => {
    const [first = '', ...rest] = wrap(line.slice(11), Math.max(40, width - 11));
    return [line.slice(0, 11) + first, ...rest.map((part) => ' '.repeat(11) + part)];
  });
}
