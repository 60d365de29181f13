import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  auditDraft,
  type MadePack,
  makePack,
  type PackedAnswer,
  readEngagement,
  recordAct,
  requireOpen,
} from '../../audit/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import type { PackFile } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { actorOf, evidenceOf, type PlaceFlags, reading } from '../engagement/flags.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { writing } from '../ledger/memory.ts';
import { csv } from '../query/answer.ts';
import { inertJson } from '../terminal/json.ts';
import { type Progress, progress } from '../terminal/progress.ts';
import { sentence, table } from '../terminal/table.ts';
import { plural } from '../terminal/text.ts';
import { VERSION } from '../version.ts';
import { readme } from './readme.ts';
import { packSchema } from './schema.ts';

const VERIFIER = 'exhibit-verify.mjs';

export interface PackFlags extends PlaceFlags {
  out: string;
}

/**
 * Writes the pack of an engagement, puts its digest on the record, and writes that record with its proof beside it.
 * Exit 3 where an answer in it is not complete.
 * @param watch hears how far it is, also where there is no terminal
 * @throws ExhibitError NOT_FOUND, ENGAGEMENT_OVER, PACK_INVALID, LEDGER_IO
 */
export async function pack(
  id: string,
  flags: PackFlags,
  context: Context,
  watch: Progress['update'] = () => undefined,
): Promise<ExitCode> {
  const folder = evidenceOf(flags, context);
  const out = resolve(context.cwd, flags.out);
  if (existsSync(out))
    throw new ExhibitError('USAGE', `${flags.out} is there already; a pack is not written over`, {
      hint: 'Give --out another name.',
    });
  const bar = progress('pack', context.stderr, context.clock);
  const made = await reading(folder, async (reader) => {
    const engagement = await readEngagement(reader, id, context.clock());
    requireOpen(engagement);
    const verifier = findVerifier();
    return makePack(reader, {
      engagement,
      progress: (done, total) => {
        bar.update(done, total);
        watch(done, total);
      },
      more: (answers) => [
        ...answers.map(tableOf),
        text('README.txt', readme(engagement, verifier !== undefined)),
        ...(verifier === undefined ? [] : [{ path: VERIFIER, bytes: readFileSync(verifier) }]),
      ],
    });
  });
  bar.end();
  // Whole or not at all: a name that is there is a pack.
  writeFileSync(`${out}.part`, made.zip, { flag: 'wx' });
  renameSync(`${out}.part`, out);
  const recorded = await record(folder, id, made, flags, context).catch((error: unknown) => {
    if (!isExhibitError(error, 'LEDGER_KEY')) throw error;
    return undefined;
  });
  if (recorded !== undefined) {
    writeFileSync(`${out}.record.json`, recorded.bytes);
    writeFileSync(`${out}.tlog-proof`, recorded.proof);
  }
  print(made, flags, recorded?.record_id, context);
  return made.incomplete.length === 0 ? EXIT.ok : EXIT.incomplete;
}

/** A table for each answer: what a spreadsheet would run as a formula is inert. */
function tableOf({ path, answer }: PackedAnswer): PackFile {
  return text(`answers/${path}.csv`, csv(answer));
}

function text(path: string, content: string): PackFile {
  return { path, bytes: Buffer.from(content) };
}

async function record(
  folder: string,
  id: string,
  { digest, files, log }: MadePack,
  flags: PlaceFlags,
  context: Context,
) {
  return writing(folder, context, async (ledger) => {
    const draft = auditDraft(
      {
        type: 'access',
        kind: 'pack written',
        engagement: id,
        message: `a pack was written: sha256:${digest}`,
        details: { pack: `sha256:${digest}`, files, size: log.size, root: log.root, by: 'command line' },
        actor: actorOf(folder, flags, context),
      },
      { clock: context.clock, random: context.random, version: VERSION },
    );
    const { record_id, log_index, proof } = await recordAct(ledger, draft);
    const { bytes } = await ledger.entry(log_index);
    return { record_id, bytes: Uint8Array.from(bytes), proof };
  });
}

function print(made: MadePack, { out, output }: PackFlags, record_id: string | undefined, context: Context) {
  const { digest, files, log, incomplete, left_out, zip } = made;
  const { stdout } = context;
  if (output === 'json') {
    const document = packSchema.parse({
      schemaVersion: 1,
      ...{ pack: out, digest: `sha256:${digest}`, bytes: zip.length, files, log, incomplete, left_out },
      ...(record_id === undefined ? {} : { record_id }),
    });
    stdout.write(`${inertJson(document, 2)}\n`);
    return;
  }
  stdout.write(
    table(
      [
        ['pack', `${out}, ${plural(files, 'file')}, ${zip.length} bytes`],
        ['digest', `sha256:${digest}`],
        ['log', `${log.origin}, size ${log.size}`],
        [
          'on record',
          record_id === undefined
            ? 'NOT on record: this folder is a copy to read'
            : `${record_id}; ${out}.record.json and ${out}.tlog-proof show it`,
        ],
        [
          'answers',
          incomplete.length === 0 ? 'all complete' : `${plural(incomplete.length, 'answer')} NOT COMPLETE`,
        ],
      ],
      stdout,
    ),
  );
  for (const one of left_out) stdout.write(sentence(`left out  ${one}`, stdout));
  stdout.write(sentence(`next: exhibit verify pack ${out} --vkey log.vkey`, stdout));
}

/** The verifier in one file, where this is a built package or a built checkout. */
function findVerifier(): string | undefined {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at))
    for (const file of [join(at, VERIFIER), join(at, 'dist', VERIFIER)]) if (existsSync(file)) return file;
  return undefined;
}
