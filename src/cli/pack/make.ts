import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  auditDraft,
  levelText,
  type MadePack,
  makePack,
  readEngagement,
  recordAct,
  requireOpen,
} from '../../audit/index.ts';
import { answerCsv } from '../../lake/index.ts';
import type { LedgerReader } from '../../ledger/index.ts';
import { ExhibitError, generatedWarning, plural } from '../../record/index.ts';
import { besideNames } from '../../verify/index.ts';
import { builtFile } from '../built.ts';
import type { Context } from '../context.ts';
import { actorOf, type PlaceFlags, type ReadRecorded, whereItCan } from '../engagement/flags.ts';
import { placeOf, readingLake } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { writing } from '../ledger/memory.ts';
import { inertJson } from '../terminal/json.ts';
import { type Progress, progress } from '../terminal/progress.ts';
import { sentence, table } from '../terminal/table.ts';
import { VERSION } from '../version.ts';
import { readme } from './readme.ts';
import { reportFiles, text } from './reports.ts';
import { packSchema } from './schema.ts';
import { thereAlready, writeWhole } from './whole.ts';

/** The verifier, as one script and as one page: where this is a built package or a built checkout. */
const VERIFIERS = ['exhibit-verify.mjs', 'verify.html'] as const;

export interface PackFlags extends PlaceFlags {
  out: string;
  engagement?: string;
}

/**
 * Writes the pack of an engagement, puts its digest on the record, and writes that record with its proof beside it.
 * Exit 3 where an answer in it is not complete.
 * @param watch hears how far it is, also where there is no terminal
 * @throws ExhibitError USAGE where the file is there or cannot be written, NOT_FOUND, ENGAGEMENT_OVER, PACK_INVALID, LEDGER_IO
 */
export async function pack(
  given: string | undefined,
  flags: PackFlags,
  context: Context,
  watch: Progress['update'] = () => undefined,
): Promise<ExitCode> {
  const id = given ?? flags.engagement;
  if (id === undefined || (given !== undefined && flags.engagement !== undefined))
    throw new ExhibitError('USAGE', 'of which engagement?', {
      hint: 'Example: exhibit pack eng-0123456789abcdef --out soc2-q1.zip',
    });
  const place = placeOf(flags, context);
  const out = resolve(context.cwd, flags.out);
  if (existsSync(out)) thereAlready(flags.out);
  const target = {
    path: out,
    named: flags.out,
    say: (line: string) => context.stderr.write(sentence(line, context.stderr)),
  };
  const { made, recorded } = await writeWhole(target, async (write) => {
    const made = await readingLake(place, flags, context, (reader) =>
      makeFrom(reader, id, write, { ...context, watch }),
    );
    // Before the pack appears: one that is there is never without the record that was made of it.
    const recorded = await whereItCan(place, () => record(place, id, made, flags, context));
    if (!('not_recorded' in recorded)) {
      const names = besideNames(out);
      writeFileSync(names.record, recorded.bytes);
      writeFileSync(names.proof, recorded.proof);
    }
    return { made, recorded };
  });
  print(made, flags, recorded, context);
  return made.incomplete.length === 0 ? EXIT.ok : EXIT.incomplete;
}

async function makeFrom(
  reader: LedgerReader,
  id: string,
  write: (bytes: Uint8Array) => void,
  context: Context & { watch: Progress['update'] },
): Promise<MadePack> {
  const engagement = await readEngagement(reader, id, context.clock());
  requireOpen(engagement);
  let bar: { what: string; line: ReturnType<typeof progress> } | undefined;
  const made = await makePack(reader, {
    engagement,
    write,
    level: await levelText(reader),
    progress(what, done, total) {
      if (bar?.what !== what) {
        bar?.line.end();
        bar = { what, line: progress(`pack: ${what}`, context.stderr, context.clock) };
      }
      bar.line.update(done, total);
      context.watch(done, total);
    },
    // A table for each answer: what a spreadsheet would run as a formula is inert.
    answered: (path, answer) => [text(`${path}.csv`, answerCsv(answer))],
    more: async function* (report, left_out) {
      yield* reportFiles(report, left_out);
      const verifiers = VERIFIERS.map((name) => ({ name, file: builtFile(name) }));
      for (const { name, file } of verifiers)
        if (file === undefined) left_out.push(`${name}: this program was not built with it`);
        else yield { path: name, bytes: readFileSync(file) };
      yield text(
        'README.txt',
        readme(
          engagement,
          verifiers.every(({ file }) => file !== undefined),
          generatedWarning(reader.origin),
        ),
      );
    },
  });
  bar?.line.end();
  return made;
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

function print(made: MadePack, { out, output }: PackFlags, recorded: ReadRecorded, context: Context) {
  const { digest, files, bytes, log, incomplete, missing, left_out } = made;
  const { stdout } = context;
  if (output === 'json') {
    const document = packSchema.parse({
      schemaVersion: 1,
      ...{ pack: out, digest: `sha256:${digest}`, bytes, files, log, incomplete, missing, left_out },
      ...('record_id' in recorded ? { record_id: recorded.record_id } : recorded),
    });
    stdout.write(`${inertJson(document, 2)}\n`);
    return;
  }
  stdout.write(
    table(
      [
        ['pack', `${out}, ${plural(files, 'file')}, ${bytes} bytes`],
        ['digest', `sha256:${digest}`],
        ['log', `${log.origin}, size ${log.size}`],
        [
          'on record',
          'record_id' in recorded
            ? `${recorded.record_id}; ${out}.record.json and ${out}.tlog-proof show it`
            : `NOT on record: ${recorded.not_recorded}`,
        ],
        [
          'answers',
          incomplete.length === 0
            ? 'of each, all files were read'
            : `${plural(incomplete.length, 'answer')} NOT COMPLETE`,
        ],
      ],
      stdout,
    ),
  );
  for (const one of missing) stdout.write(sentence(`MISSING   ${one}.`, stdout));
  for (const one of left_out) stdout.write(sentence(`left out  ${one}`, stdout));
  stdout.write(sentence(`next: exhibit verify pack ${out} --vkey log.vkey`, stdout));
}
