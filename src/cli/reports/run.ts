import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  aiActIndex,
  type DocumentFacts,
  policiesOf,
  type ReportName,
  reportDocument,
  WITH_DRIFT,
} from '../../audit/index.ts';
import { addDays, dayStart } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { viewFacts } from '../../server/index.ts';
import type { Context } from '../context.ts';
import { within } from '../engagement/within.ts';
import { placeOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { reportCsv } from './csv.ts';
import { driftOf, readApplicability, readReaders } from './facts.ts';
import { countOf, frameworkOf, type ReportFlags, type ReportFormat, scopeOf, wantedOf } from './flags.ts';
import { reportOscal } from './oscal.ts';
import { withModel } from './read.ts';
import { reportSchema } from './schema.ts';

/**
 * Writes one report in each format that was asked for. Exit 0 where nothing of the period is known to be missing, 3 where something
 * is, 1 where the ledger does not hold: the report says so first in any case.
 * @throws ExhibitError USAGE, NOT_FOUND, CONFIG_INVALID, QUERY_..., LAKE_FAILED
 */
export async function runReport(name: ReportName, given: ReportFlags, context: Context): Promise<ExitCode> {
  const place = placeOf(given, context);
  const framework = frameworkOf(name, given);
  const flags = await within({ ...given, framework }, place, context, { what: `the report ${name}` });
  const scope = scopeOf(name, flags);
  const wanted = wantedOf(flags.output);
  const { applicability, serverSettings } = flags;
  const parts = {
    ...(flags.control === undefined ? {} : { control: flags.control }),
    ...(applicability === undefined
      ? {}
      : { applicability: readApplicability(applicability, scope.framework, context) }),
    ...(serverSettings === undefined ? {} : { readers: readReaders(serverSettings, context) }),
    ...(flags.owner === undefined ? {} : { owner: flags.owner }),
    ...(flags.mostOverrides === undefined ? {} : { most_overrides: countOf(flags.mostOverrides) }),
  };
  return withModel(place, scope, flags, context, async (report, reader) => {
    const facts: DocumentFacts = { report, ...parts };
    if (WITH_DRIFT.has(name) && reader !== undefined) {
      const policies = new Set(policiesOf(report));
      const { drift, open } = await driftOf(reader, scope, policies, { config: flags.config, context });
      facts.drift = drift;
      if (name === 'engineer' || name === 'lead')
        Object.assign(facts, await viewFacts(reader, report, open, context));
    }
    for (const warning of report.standing.warnings)
      context.stderr.write(sentence(`warning: ${warning}`, context.stderr));
    const code = exitOf(facts);
    for (const { format, file } of wanted) {
      const bytes = await render(format, name, facts, code);
      if (file !== undefined) {
        await write(resolve(context.cwd, file), bytes);
        context.stderr.write(`wrote ${printable(file)}, ${Buffer.byteLength(bytes)} bytes\n`);
      } else context.stdout.write(typeof bytes === 'string' ? bytes : noTerminal(format));
    }
    return code;
  });
}

function exitOf({ report: { standing } }: DocumentFacts): ExitCode {
  if (standing.verification.state === 'failed') return EXIT.violation;
  return standing.complete ? EXIT.ok : EXIT.incomplete;
}

async function render(
  format: ReportFormat,
  name: ReportName,
  facts: DocumentFacts,
  exit_code: ExitCode,
): Promise<string | Uint8Array> {
  const { report, drift, applicability, findings, engagements } = facts;
  const document = reportDocument(name, facts);
  switch (format) {
    case 'html':
      return (await import('../../web/index.ts')).documentPage(document);
    case 'pdf': {
      const { documentPdf } = await import('../../web/index.ts');
      // The end of the period, and not the clock: the same input gives the same bytes.
      return documentPdf(document, { date: new Date(dayStart(addDays(report.scope.to, 1))) });
    }
    case 'csv':
      return reportCsv(document);
    case 'oscal':
      return `${inertJson(reportOscal(report, document), 2)}\n`;
    case 'json': {
      const parts = {
        ...(drift === undefined ? {} : { drift }),
        ...(name === 'eu-ai-act' ? { ai_act: aiActIndex(report) } : {}),
        ...(applicability === undefined ? {} : { applicability }),
        ...(findings === undefined ? {} : { findings }),
        ...(engagements === undefined ? {} : { engagements }),
      };
      return `${inertJson(reportSchema.parse({ schemaVersion: 1, name, report, ...parts, exit_code }), 2)}\n`;
    }
  }
}

function noTerminal(format: ReportFormat): never {
  throw new ExhibitError('USAGE', `${format} is no text: name a file`, {
    hint: `Example: -o ${format}=report.${format}`,
  });
}

/** The file appears whole, or not at all. */
async function write(target: string, bytes: string | Uint8Array): Promise<void> {
  const part = `${target}.${process.pid}.part`;
  try {
    await writeFile(part, bytes);
    await rename(part, target);
  } catch (cause) {
    await rm(part, { force: true });
    throw new ExhibitError('USAGE', `${target} cannot be written`, { cause, location: { file: target } });
  }
}
