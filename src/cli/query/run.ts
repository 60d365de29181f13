import { resolve } from 'node:path';
import { QUERIES, type QueryAnswer, query } from '../../lake/index.ts';
import { openReader } from '../../ledger/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { isS3Url } from '../../store/index.ts';
import { resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence } from '../terminal/table.ts';
import { csv, json, noAnswer, table, unexpected } from './answer.ts';
import type { QueryFlags } from './flags.ts';

/**
 * Answers one question. Exit 0 only when the answer is complete: 3 says that files, days or rows are missing, and the
 * header says which.
 */
export async function run(
  name: string | undefined,
  flags: QueryFlags & { evidence?: readonly string[] },
  context: Context,
): Promise<ExitCode> {
  if (name === undefined && flags.sql === undefined) return listQuestions(context);
  const [given, ...others] = flags.evidence ?? [];
  const folder = resolveConfig(given === undefined ? {} : { evidence: given }, context).evidence?.value;
  if (folder === undefined) {
    throw new ExhibitError('USAGE', 'which evidence?', {
      hint: 'Name the folder with --evidence, EXHIBIT_EVIDENCE or .exhibit.yaml.',
    });
  }
  const asked = request(name, flags);
  if (flags.engine !== 'duckdb' && others.length > 0)
    throw new ExhibitError('USAGE', `${flags.engine} is asked about one log at a time`, {
      hint: 'Give --evidence once, or ask without --engine.',
    });
  const answering =
    flags.engine === 'duckdb'
      ? answerHere([folder, ...others], asked, flags, context)
      : (await import('./remote.ts')).answerRemote(folder, asked, flags, context);
  const answer = await answering.catch(withFlag);
  // A table says it on top; other formats are read by programs.
  if (flags.output !== 'table')
    for (const message of unexpected(answer))
      context.stderr.write(sentence(`warning: ${noAnswer(message)}`, context.stderr));
  context.stdout.write(render(answer, flags.output, context));
  return answer.coverage.complete ? EXIT.ok : EXIT.incomplete;
}

async function answerHere(
  folders: readonly string[],
  asked: ReturnType<typeof request>,
  { check, timeout, auditor }: QueryFlags,
  { cwd }: Context,
): Promise<QueryAnswer> {
  if (folders.some(isS3Url))
    throw new ExhibitError('USAGE', 'DuckDB reads a folder, not a bucket', {
      hint: 'Ask --engine trino or athena, or name the folder that was copied.',
    });
  if (auditor === true)
    throw new ExhibitError('USAGE', '--auditor limits what Trino and Athena are asked', {
      hint: 'Who has the folder can read all of it.',
    });
  const readers = await Promise.all(folders.map((folder) => openReader(resolve(cwd, folder))));
  return query(readers, asked, { check, ...(timeout === undefined ? {} : { timeout: timeout * 1_000 }) });
}

/** A parameter that is missing, as the flag that gives it. */
function withFlag(error: unknown): never {
  if (!isExhibitError(error, 'QUERY_INVALID') || typeof error.details.parameter !== 'string') throw error;
  const { parameter } = error.details;
  const flag = OWN_FLAGS.has(parameter) ? `--${parameter} ...` : `--param ${parameter}=...`;
  throw new ExhibitError(error.code, error.message, {
    cause: error,
    hint: `Give it with ${flag}${parameter === 'framework' ? ', or both with --control soc2/cc6.1' : ''}`,
  });
}

const OWN_FLAGS: ReadonlySet<string> = new Set(['from', 'to', 'framework', 'control']);

function request(name: string | undefined, flags: QueryFlags) {
  const slash = flags.control?.indexOf('/') ?? -1;
  const framework = slash > 0 ? flags.control?.slice(0, slash) : flags.framework;
  const control = slash > 0 ? flags.control?.slice(slash + 1) : flags.control;
  return {
    ...(name === undefined ? {} : { name }),
    ...(flags.sql === undefined ? {} : { sql: flags.sql }),
    ...(flags.param.length === 0 ? {} : { parameters: parameters(flags) }),
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(framework === undefined ? {} : { framework }),
    ...(control === undefined ? {} : { control }),
  };
}

function parameters(flags: QueryFlags): string[] | Record<string, string> {
  if (flags.sql !== undefined) return flags.param.map(bareValue);
  return Object.fromEntries(
    flags.param.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
      throw new ExhibitError('USAGE', `--param ${JSON.stringify(pair)} is not name=value`, {
        hint: 'Example: --param record_id=0192f0c1-...',
      });
    }),
  );
}

/** Of `--sql` the values stand for ? in their order: a name before one would silently become a part of it. */
function bareValue(value: string): string {
  if (!/^[a-z_]\w*=/i.test(value)) return value.startsWith('==') ? value.slice(2) : value;
  throw new ExhibitError(
    'USAGE',
    `--param ${JSON.stringify(value)}: with --sql, values stand alone, in the order of ?`,
    {
      hint: `Write --param ${JSON.stringify(value.slice(value.indexOf('=') + 1))}; a value that itself holds "=" so early: --param "==${value}".`,
    },
  );
}

function render(answer: QueryAnswer, format: QueryFlags['output'], context: Context): string {
  switch (format) {
    case 'json':
      return json(answer);
    case 'csv':
      return csv(answer);
    case 'table':
      return table(answer, Math.min(context.stdout.columns, 160));
  }
}

function listQuestions(context: Context): ExitCode {
  const out = QUERIES.flatMap(({ name, title, parameters: named }) => [
    name,
    `  ${title}`,
    ...(named.length === 0 ? [] : [`  needs ${named.map((parameter) => parameter.name).join(', ')}`]),
  ]);
  context.stdout.write(`${out.join('\n')}\n`);
  return EXIT.ok;
}
