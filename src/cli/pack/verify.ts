import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ExhibitError, generatedWarning, isExhibitError, plural } from '../../record/index.ts';
import {
  type Anchors,
  besideNames,
  completeText,
  DO_NOT_RELY,
  damagedFiles,
  formatLevel,
  notShownText,
  parseVkey,
  type Recorded,
  sampleText,
  stampedPack,
  type VerifiedPack,
  verifyPack,
  verifyRecorded,
} from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { sentence, table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { readGiven, readGivenText } from '../verify/given.ts';
import { trustedKeys } from '../verify/keys.ts';
import { readPolicy } from '../verify/note.ts';
import { packVerifiedSchema } from './schema.ts';

export interface VerifyPackFlags {
  vkey: readonly string[];
  policy?: string;
  /** Files of roots, PEM. */
  tsaRoot?: readonly string[];
  /** Object identifiers. */
  tsaPolicy?: readonly string[];
  /** The record that has the digest of the pack, and its proof, where they do not lie beside it under its name. */
  record?: string;
  proof?: string;
  json?: boolean;
}

/**
 * Checks a pack with keys of the reader's own. Exit 1 where it does not hold, with the file, and where the record beside it is of another pack; 3 where
 * it is not shown to be the pack on record, and where an answer in it is not complete.
 * @throws ExhibitError USAGE without a key, or with a record and no proof; NOT_FOUND
 */
export async function verify(file: string, flags: VerifyPackFlags, context: Context): Promise<ExitCode> {
  const { stdout, stderr, clock, cwd } = context;
  const policy = flags.policy === undefined ? undefined : readPolicy(flags.policy, context);
  const { vkeys, witnesses } = trustedKeys(flags.vkey, policy, cwd);
  if (vkeys.length === 0)
    throw new ExhibitError(
      'USAGE',
      '--vkey is missing, or a --policy with a log: without a key that you trust, nothing is shown',
      {
        hint: 'Take the public key of the log from a place that the operator cannot change for you alone.',
      },
    );
  if ((flags.record === undefined) !== (flags.proof === undefined))
    throw new ExhibitError('USAGE', '--record and --proof go together: one shows nothing without the other', {
      hint: 'Give both, or neither where they lie beside the pack.',
    });
  const keys = [...vkeys.map((vkey) => parseVkey(nodeCrypto.sha256, vkey)), ...witnesses];
  const path = resolve(cwd, file);
  const zip = readGiven(path);
  const bar = progress('records verified', stderr, clock);
  try {
    const found = await verifyPack(zip, { keys, policy, crypto: nodeCrypto, progress: bar.update });
    bar.end();
    const checked: Checked = {
      ...found,
      ...(await recordedBeside(path, found, keys, flags, cwd)),
      anchors: await timesOf(found, flags, cwd),
    };
    if (flags.json === true) stdout.write(`${inertJson(documentOf(checked), 2)}\n`);
    else stdout.write(textOf(checked, stdout));
    // What was asked for and is not there: a log that was made anew has none.
    if (checked.anchors.stamped?.tokens === 0) return EXIT.violation;
    return found.incomplete.length === 0 && checked.recorded !== undefined ? EXIT.ok : EXIT.incomplete;
  } catch (error) {
    bar.end();
    if (!isExhibitError(error) || error.kind !== 'tampered') throw error;
    const where = error.location.file;
    stdout.write(`DOES NOT HOLD  ${error.code}${where === undefined ? '' : `  ${printable(where)}`}\n`);
    stdout.write(sentence(`  ${error.message}`, stdout));
    const others = damagedFiles(zip).filter((path) => path !== where);
    for (const other of others) stdout.write(`DAMAGED  ${printable(other)}\n`);
    stdout.write(sentence(`  next: ${error.hint ?? DO_NOT_RELY}`, stdout));
    return EXIT.violation;
  }
}

/** What was found, and what stands beside it. */
interface Checked extends VerifiedPack {
  recorded?: Recorded;
  /** Why it is not shown to be the pack on record, where it is not. */
  notShown?: string;
  anchors: Anchors;
}

/** The time stamps in the pack, checked where roots were given. @throws ExhibitError TIMESTAMP_INVALID, BLOB_MISSING, CONFIG_INVALID */
async function timesOf(
  found: VerifiedPack,
  { tsaRoot = [], tsaPolicy = [] }: VerifyPackFlags,
  cwd: string,
): Promise<Anchors> {
  if (tsaRoot.length === 0)
    return { unchecked: found.stamps.length, where: { has: 'the pack', give: '--tsa-root' } };
  const roots = tsaRoot.map((file) => readGivenText(resolve(cwd, file))).join('\n');
  // Loaded here: what reads certificates is large.
  const { parseRoots, verifyStamps } = await import('../../verify/timestamp/index.ts');
  const stamped = await verifyStamps(found.stamps, {
    ...stampedPack(found),
    roots: parseRoots(roots),
    ...(tsaPolicy.length === 0 ? {} : { policies: tsaPolicy }),
  });
  return { stamped };
}

/**
 * That this very pack is on the record of the log, by the record and its proof: those given, or those that lie beside it.
 * @throws ExhibitError as verifyRecorded does, NOT_FOUND
 */
async function recordedBeside(
  path: string,
  found: VerifiedPack,
  keys: Parameters<typeof verifyRecorded>[2],
  { record, proof }: VerifyPackFlags,
  cwd: string,
): Promise<Pick<Checked, 'recorded' | 'notShown'>> {
  const names = besideNames(path);
  const files =
    record === undefined || proof === undefined
      ? names
      : { record: resolve(cwd, record), proof: resolve(cwd, proof) };
  const missing = files === names ? Object.values(names).filter((name) => !existsSync(name)) : [];
  if (missing.length > 0) return { notShown: notShownText(missing.map((name) => basename(name))) };
  const given = { record: readGiven(files.record), proof: readGiven(files.proof) };
  return { recorded: await verifyRecorded({ ...given, files }, found, keys, nodeCrypto) };
}

function documentOf(found: Checked) {
  const {
    contents,
    checkpoint: _,
    inside: __,
    digest,
    level,
    stamps,
    recorded,
    notShown,
    anchors,
    ...counts
  } = found;
  const generated = generatedWarning(contents.log.origin);
  return packVerifiedSchema.parse({
    schemaVersion: 1,
    holds: true,
    digest: `sha256:${digest}`,
    ...(generated === undefined ? {} : { generated }),
    ...(notShown === undefined ? {} : { not_shown: notShown }),
    ...{ engagement: contents.engagement, log: contents.log, left_out: contents.left_out },
    ...counts,
    reports: { complete: counts.reports.complete ?? null, warnings: counts.reports.warnings },
    level: formatLevel({ ...level, anchors }),
    time_stamps: stamps.length,
    witnessed: {
      by: level.witnessed.length,
      of: level.witnessesGiven,
      size: level.witnessed.length === 0 ? 0 : (level.upTo?.size ?? contents.log.size),
    },
    ...(anchors.stamped === undefined ? {} : { stamped: anchors.stamped }),
    ...(recorded === undefined ? {} : { recorded }),
  });
}

function textOf(found: Checked, stdout: Context['stdout']): string {
  const { contents, digest, level, incomplete, recorded, notShown, anchors } = found;
  const { engagement, log } = contents;
  const generated = generatedWarning(log.origin);
  const files = plural(found.files, 'file');
  return [
    ...(generated === undefined ? [] : [sentence(generated, stdout)]),
    ...(notShown === undefined ? [] : [sentence(`NOT SHOWN  ${notShown}`, stdout)]),
    table(
      [
        [
          'pack',
          recorded === undefined
            ? `holds together: ${files}, each as its own list says`
            : `holds: ${files}, each byte accounted for; it is the pack on record`,
        ],
        ['complete', completeText(found)],
        ['digest', `sha256:${digest}`],
        ['engagement', `${engagement.id}: ${engagement.framework}, ${engagement.from} to ${engagement.to}`],
        ['log', `${log.origin}, size ${log.size}`],
        ['root', log.root],
        ['level', printable(formatLevel({ ...level, anchors }))],
        [
          'records',
          `${found.records}, each with its inclusion proof; of these ${plural(found.manifests, 'manifest')}`,
        ],
        ['unchanged', `${plural(found.continuations, 'proof')} that the log goes on from earlier states`],
        ['answers', `${found.answers}, each digest follows from its rows`],
        ['samples', sampleText(found)],
        ['lake', `${plural(found.lake_files, 'file')} as the manifests say`],
        ['blobs', String(found.blobs)],
        [
          'on record',
          recorded === undefined
            ? 'NOT SHOWN: see above'
            : `record ${recorded.index} of a log of ${recorded.size} has this digest`,
        ],
      ],
      stdout,
    ),
    ...(anchors.stamped?.tokens === 0 ? [sentence('FINDING  the pack has no time stamp', stdout)] : []),
    ...incomplete.map((path) => sentence(`NOT COMPLETE  ${path}`, stdout)),
    ...contents.left_out.map((one) => sentence(`left out  ${one}`, stdout)),
    ...(recorded === undefined ? [sentence(`next: ${GIVE_RECORD}`, stdout)] : []),
  ].join('');
}

const GIVE_RECORD =
  'put the .record.json and the .tlog-proof that came with the pack beside it, under its name, or give them with --record and --proof.';
