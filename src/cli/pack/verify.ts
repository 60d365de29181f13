import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import {
  type Anchors,
  damagedFiles,
  formatLevel,
  parseVkey,
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
import { plural, printable } from '../terminal/text.ts';
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
  json?: boolean;
}

/**
 * Checks a pack with keys of the reader's own. Exit 1 where it does not hold, with the file; 3 where it holds and an answer in it is not complete.
 * @throws ExhibitError USAGE without a key; NOT_FOUND
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
  const keys = [...vkeys.map((vkey) => parseVkey(nodeCrypto.sha256, vkey)), ...witnesses];
  const path = resolve(cwd, file);
  const zip = readGiven(path);
  const bar = progress('records verified', stderr, clock);
  try {
    const found = await verifyPack(zip, { keys, policy, crypto: nodeCrypto, progress: bar.update });
    bar.end();
    const checked: Checked = {
      ...found,
      recorded: recordedBeside(path, found, keys),
      anchors: await timesOf(found, flags, cwd),
    };
    if (flags.json === true) stdout.write(`${inertJson(documentOf(checked), 2)}\n`);
    else stdout.write(textOf(checked, stdout));
    // What was asked for and is not there: a log that was made anew has none.
    if (checked.anchors.stamped?.tokens === 0) return EXIT.violation;
    return found.incomplete.length === 0 ? EXIT.ok : EXIT.incomplete;
  } catch (error) {
    bar.end();
    if (!isExhibitError(error) || error.kind !== 'tampered') throw error;
    const where = error.location.file;
    stdout.write(`DOES NOT HOLD  ${error.code}${where === undefined ? '' : `  ${printable(where)}`}\n`);
    stdout.write(sentence(`  ${error.message}`, stdout));
    const others = damagedFiles(zip).filter((path) => path !== where);
    for (const other of others) stdout.write(`DAMAGED  ${printable(other)}\n`);
    return EXIT.violation;
  }
}

/** What was found, and what stands beside it. */
interface Checked extends VerifiedPack {
  recorded: { index: number; size: number } | undefined;
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

/** That this very pack is on the record of the log, where the record and its proof lie beside it. */
function recordedBeside(
  path: string,
  { digest }: VerifiedPack,
  keys: Parameters<typeof verifyRecorded>[3],
): { index: number; size: number } | undefined {
  const [record, proof] = [`${path}.record.json`, `${path}.tlog-proof`];
  if (!existsSync(record) || !existsSync(proof)) return undefined;
  return verifyRecorded(readGiven(record), readGiven(proof), digest, keys, nodeCrypto);
}

function documentOf(found: Checked) {
  const { contents, checkpoint: _, inside: __, digest, level, stamps, recorded, anchors, ...counts } = found;
  return packVerifiedSchema.parse({
    schemaVersion: 1,
    holds: true,
    digest: `sha256:${digest}`,
    ...{ engagement: contents.engagement, log: contents.log, left_out: contents.left_out },
    ...counts,
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
  const { contents, digest, level, incomplete, recorded, anchors } = found;
  const { engagement, log } = contents;
  return [
    table(
      [
        ['pack', `holds: ${plural(found.files, 'file')}, each byte accounted for`],
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
            ? 'NOT SHOWN: its record and proof do not lie beside it; who made it anew could have changed its answers'
            : `record ${recorded.index} of a log of ${recorded.size} has this digest`,
        ],
      ],
      stdout,
    ),
    ...(anchors.stamped?.tokens === 0 ? [sentence('FINDING  the pack has no time stamp', stdout)] : []),
    ...incomplete.map((path) => sentence(`NOT COMPLETE  ${path}`, stdout)),
    ...contents.left_out.map((one) => sentence(`left out  ${one}`, stdout)),
  ].join('');
}
