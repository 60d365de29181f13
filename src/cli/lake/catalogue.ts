import { resolve } from 'node:path';
import {
  athenaInputs,
  catalogueTables,
  formationInputs,
  glueInputs,
  type Named,
  readNamed,
  type Saved,
  savedStatements,
  saveToAthena,
  trinoStatements,
} from '../../lake/index.ts';
import { type LogReader, openReader } from '../../ledger/index.ts';
import { ExhibitError, plural } from '../../record/index.ts';
import { isS3Url, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { athenaOf, type EngineFlags, trinoOf } from '../query/engines.ts';
import { type BucketFlags, bucketOf } from '../store/flags.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence } from '../terminal/table.ts';

export interface CatalogueFlags extends BucketFlags, EngineFlags {
  engine: 'trino' | 'glue' | 'athena';
  apply?: boolean;
  location?: string;
  database: string;
  firstYear?: number;
  lastYear?: number;
  /** `ARN=framework` */
  auditor: string[];
  engineer: string[];
}

/** Years after the last of the log that are projected, unless another is given. */
const YEARS_AHEAD = 5;

/**
 * Prints what a catalogue needs, from the columns of the files and the control maps of the log; with --apply it is made. Exit 3 where a control
 * map could not be read, or something was left out: then a control may be missing, and the text says so.
 */
export async function catalogue(place: string, flags: CatalogueFlags, context: Context): Promise<ExitCode> {
  const given = flags.location ?? (isS3Url(place) ? place : undefined);
  if (given === undefined)
    throw new ExhibitError('USAGE', 'where is the copy of the lake?', {
      hint: 'Name it with --location s3://BUCKET/PREFIX, where `exhibit store copy` put it.',
    });
  const store = s3Store(bucketOf(given, flags), { clock: context.clock, differing: 'give' });
  const reader = await openReader(isS3Url(place) ? store : resolve(context.cwd, place));
  try {
    const found = await readNamed(reader);
    const named = {
      ...found,
      firstYear: flags.firstYear ?? found.firstYear,
      lastYear: flags.lastYear ?? found.lastYear + YEARS_AHEAD,
    };
    const warnings = [...named.problems, ...outside(found, named)];
    warnings.push(...(await make(reader, named, store.name, flags, context)));
    for (const warning of warnings) context.stderr.write(sentence(`warning: ${warning}`, context.stderr));
    return warnings.length === 0 ? EXIT.ok : EXIT.incomplete;
  } finally {
    await reader.close();
    store.close();
  }
}

function outside(found: Named, { firstYear, lastYear }: Named): string[] {
  if (firstYear <= found.firstYear && lastYear >= found.lastYear) return [];
  return [
    `the log has records of ${found.firstYear} to ${found.lastYear}: what is outside of ${firstYear} to ${lastYear} will not be found`,
  ];
}

/** @returns what must be known of it */
async function make(
  reader: LogReader,
  named: Named,
  location: string,
  flags: CatalogueFlags,
  context: Context,
): Promise<string[]> {
  const tables = catalogueTables({ location, name: flags.database, ...named });
  const lake = { location, name: flags.database };
  switch (flags.engine) {
    case 'glue': {
      if (flags.apply === true)
        throw new ExhibitError('USAGE', 'the catalogue of Glue is made by Terraform or by its API', {
          hint: 'deploy/terraform/catalogue makes the same tables; or send the inputs that are printed without --apply.',
        });
      const lake_formation = formationInputs({
        name: flags.database,
        frameworks: Object.keys(named.frameworks),
        auditors: auditors(flags.auditor, named),
        engineers: flags.engineer,
      });
      context.stdout.write(
        `${inertJson({ schemaVersion: 1, glue: glueInputs(tables), lake_formation }, 2)}\n`,
      );
      return [];
    }
    case 'trino':
      return trino(reader, named, tables, lake, flags, context);
    case 'athena': {
      const engine = await athenaOf(flags, context);
      try {
        const saved = await savedStatements(reader, named, lake, engine);
        const inputs = athenaInputs(saved, engine.workgroup);
        if (flags.apply === true) {
          const done = await saveToAthena(engine, inputs);
          context.stdout.write(
            `${done.named} named queries, ${plural(done.prepared, 'prepared statement')} and ${plural(done.views, 'view')} made in ${engine.workgroup}; the others were there\n`,
          );
        } else context.stdout.write(`${inertJson({ schemaVersion: 1, athena: inputs }, 2)}\n`);
        return leftOut(saved);
      } finally {
        engine.close();
      }
    }
  }
}

async function trino(
  reader: LogReader,
  named: Named,
  tables: ReturnType<typeof catalogueTables>,
  lake: { location: string; name: string },
  flags: CatalogueFlags,
  context: Context,
): Promise<string[]> {
  // Without --apply no server is asked, so none need be named.
  const engine = trinoOf(flags.apply === true ? flags : { server: 'http://127.0.0.1', ...flags }, context);
  const saved = await savedStatements(reader, named, lake, engine);
  const statements = [...trinoStatements(tables, engine.catalog), ...saved.views.map(({ sql }) => sql)];
  if (flags.apply === true) {
    for (const sql of statements) await engine.statement(sql);
    context.stdout.write(
      `${plural(tables.length, 'table')} and ${plural(saved.views.length, 'view')} made in ${engine.catalog}\n`,
    );
  } else context.stdout.write(statements.map((sql) => `${sql};\n`).join('\n'));
  return leftOut(saved);
}

function leftOut({ left_out }: Saved): string[] {
  return left_out.length === 0 ? [] : [`longer than the engine takes, and left out: ${left_out.join(', ')}`];
}

/** @throws ExhibitError USAGE */
function auditors(given: readonly string[], { frameworks }: Named): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.lastIndexOf('=');
      const [role, framework] = [pair.slice(0, at), pair.slice(at + 1)];
      if (at > 0 && Object.hasOwn(frameworks, framework)) return [role, framework];
      throw new ExhibitError('USAGE', `--auditor ${JSON.stringify(pair)} is not ARN=FRAMEWORK`, {
        hint: `The log names ${Object.keys(frameworks).join(', ')}.`,
      });
    }),
  );
}
