import { open, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findGaps, unrecorded } from '../../audit/index.ts';
import {
  type ExportFormat,
  type ExportRequest,
  exportEvidence,
  notes,
  type Write,
} from '../../export/index.ts';
import { addDays, dayStart } from '../../lake/index.ts';
import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { folderOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { controlOf } from '../scope/control.ts';
import { sentence } from '../terminal/table.ts';
import { withoutCommands } from '../terminal/text.ts';
import { VERSION } from '../version.ts';

export interface ExportFlags {
  evidence?: string;
  framework?: string;
  control?: string;
  policy?: string;
  from?: string;
  to?: string;
  array?: boolean;
  raw?: boolean;
  output?: string;
}

/** Formats without a place for what is missing: with --output it stands in a file beside. */
const WITHOUT_NOTES: ReadonlySet<ExportFormat> = new Set(['ocsf', 'csv']);

/** Exit 0 only when nothing of the period is missing; 3 with what is there, and what is missing is said. */
export async function run(format: ExportFormat, flags: ExportFlags, context: Context): Promise<ExitCode> {
  const folder = folderOf(flags, context);
  const asked = requestOf(format, flags);
  const reader = await openReader(folder);
  const request: ExportRequest = {
    ...asked,
    missing: (period) => missingIn(reader, period, context),
  };
  try {
    const target = flags.output === undefined ? undefined : resolve(context.cwd, flags.output);
    const { coverage, decisions } =
      target === undefined
        ? await exportEvidence(reader, request, inert(format, toStdout(context)))
        : await toFile(target, (write) => exportEvidence(reader, request, inert(format, write)));
    if (target !== undefined && WITHOUT_NOTES.has(format))
      await writeFile(`${target}.coverage.json`, `${JSON.stringify({ decisions, ...coverage }, null, 2)}\n`);
    for (const note of [...notes(coverage), `${decisions} decisions exported.`])
      context.stderr.write(sentence(note, context.stderr));
    return coverage.complete ? EXIT.ok : EXIT.incomplete;
  } finally {
    await reader.close();
  }
}

/** What was expected in the period, as of its end: a later export of it says the same. */
async function missingIn(
  reader: LedgerReader,
  { from, to }: { from: string; to: string },
  { clock }: Context,
): Promise<readonly { message: string; policy?: string }[]> {
  const end = Math.min(Date.parse(dayStart(addDays(to, 1))) - 1, clock());
  const begin = Date.parse(dayStart(from));
  return begin < end ? unrecorded(await findGaps(reader, { from: begin, now: end, asOf: true })) : [];
}

function requestOf(format: ExportFormat, flags: ExportFlags): ExportRequest {
  const refuse = (flag: string, only: ExportFormat) => {
    throw new ExhibitError('USAGE', `--${flag} is for ${only}, not for ${format}`);
  };
  if (flags.array === true && format !== 'ocsf') refuse('array', 'ocsf');
  if (flags.raw === true && format !== 'csv') refuse('raw', 'csv');
  const { framework, control } = controlOf(flags);
  return {
    format,
    version: VERSION,
    ...(framework === undefined ? {} : { framework }),
    ...(control === undefined ? {} : { control }),
    ...(flags.policy === undefined ? {} : { policy: flags.policy }),
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(flags.array === undefined ? {} : { array: flags.array }),
    ...(flags.raw === undefined ? {} : { raw: flags.raw }),
  };
}

/** In JSON no pipeline finds a command: `#` stands in texts only. */
function inert(format: ExportFormat, write: Write): Write {
  return format === 'csv' ? write : (text) => write(withoutCommands(text, '\\u0023'));
}

function toStdout({ stdout }: Context): Write {
  return (text) => {
    stdout.write(text);
    return stdout.drained?.();
  };
}

/** The file appears whole, or not at all. @throws ExhibitError USAGE where it cannot be written */
async function toFile<T>(target: string, work: (write: Write) => Promise<T>): Promise<T> {
  const part = `${target}.${process.pid}.part`;
  const file = await open(part, 'w').catch((cause: unknown) => {
    throw new ExhibitError('USAGE', `${target} cannot be written`, { cause, location: { file: target } });
  });
  try {
    const result = await work(async (text) => void (await file.write(text)));
    await file.close();
    await rename(part, target);
    return result;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}
