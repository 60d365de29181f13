import { confineTo, type InLog, requestWithin, textDigest } from '../../audit/index.ts';
import { answerCsv, type QueryAnswer, type QueryRequest } from '../../lake/index.ts';
import { ExhibitError, isExhibitError, redactText } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { type ReadAct, type Within, within } from '../engagement/within.ts';
import { placeOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { controlOf } from '../scope/control.ts';
import { sentence } from '../terminal/table.ts';
import { json, noAnswer, table, unexpected } from './answer.ts';
import type { QueryFlags } from './flags.ts';
import { answerHere } from './here.ts';
import { scopeOf } from './scope.ts';

/**
 * Answers one question. Exit 0 only when the answer is complete: 3 says that files, days or rows are missing, and the
 * header says which.
 */
export async function run(
  name: string | undefined,
  given: QueryFlags & { evidence?: readonly string[] },
  context: Context,
): Promise<ExitCode> {
  const unasked = name === undefined && given.sql === undefined;
  if (given.saved === true && unasked) return run('saved-queries', { ...given, saved: false }, context);
  if (unasked && given.rerun === undefined) return (await import('./list.ts')).list(given, context);
  const [first, ...others] = given.evidence ?? [];
  const folder = placeOf({ evidence: first }, context);
  if (given.engagement !== undefined && others.length > 0)
    throw new ExhibitError('USAGE', 'an engagement is of one log', { hint: 'Give --evidence once.' });
  const flags = await within(given, folder, context, actOf(name, given));
  if (flags.rerun !== undefined) return rerunOf(flags.rerun, folder, name, flags, context);
  const asked = request(name, flags);
  // Before anything is asked: a folder that cannot take the answer is not asked for it.
  if (flags.save !== undefined) (await import('./save.ts')).mustTake([folder, ...others]);
  if (flags.engine !== 'duckdb' && others.length > 0)
    throw new ExhibitError('USAGE', `${flags.engine} is asked about one log at a time`, {
      hint: 'Give --evidence once, or ask without --engine.',
    });
  const answering =
    flags.engine === 'duckdb'
      ? answerHere([folder, ...others], asked, flags, context)
      : (await import('./remote.ts')).answerRemote(folder, asked, flags, context);
  const answer = await answering.catch(withFlag);
  const origins = (answer.ledgers ?? [answer.ledger]).map(({ origin }) => origin);
  const generated = tellGenerated(origins, flags.output, context);
  // A table says it on top; other formats are read by programs.
  if (flags.output !== 'table')
    for (const message of unexpected(answer))
      context.stderr.write(sentence(`warning: ${noAnswer(message)}`, context.stderr));
  const saved =
    flags.save === undefined
      ? undefined
      : await (await import('./save.ts')).saveAnswer(folder, answer, asked, flags, context);
  context.stdout.write(render({ ...answer, ...generated }, saved, flags.output, context));
  if (saved !== undefined && flags.output !== 'json')
    context.stderr.write(
      `saved as record ${saved.record_id}\nindex ${saved.log_index} of the log; exhibit ledger proof prints its proof\n`,
    );
  return answer.coverage.complete ? EXIT.ok : EXIT.incomplete;
}

async function rerunOf(
  id: string,
  folder: string,
  name: string | undefined,
  flags: Within<QueryFlags>,
  context: Context,
): Promise<ExitCode> {
  if (name !== undefined || flags.sql !== undefined)
    throw new ExhibitError('USAGE', '--rerun asks what was saved: give no question with it');
  return (await import('./rerun.ts')).rerun(id, folder, flags, context);
}

/** What is put on the record of an engagement; an answer that is saved is that record itself. */
function actOf(name: string | undefined, { sql, save, rerun }: QueryFlags): ReadAct | undefined {
  if (save !== undefined) return undefined;
  if (rerun !== undefined) return { what: 'a saved answer again', details: { record: rerun.slice(0, 64) } };
  const text = redactText(sql ?? '');
  return {
    what: `the question ${name ?? 'in SQL'}`,
    details:
      sql === undefined
        ? {}
        : { text: text.slice(0, MOST_TEXT).toWellFormed(), text_digest: textDigest(text) },
  };
}

const MOST_TEXT = 8_000;

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

function request(name: string | undefined, flags: Within<QueryFlags>): QueryRequest {
  const { framework, control } = controlOf(flags);
  const asked = {
    ...(name === undefined ? {} : { name }),
    ...(flags.sql === undefined ? {} : { sql: flags.sql }),
    ...(flags.param.length === 0 ? {} : { parameters: parameters(flags) }),
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(framework === undefined ? {} : { framework }),
    ...(control === undefined ? {} : { control }),
  };
  if (flags.within === undefined)
    return flags.scope === undefined ? asked : confineTo(scopeOf(flags.scope), asked);
  if (flags.scope !== undefined)
    throw new ExhibitError('USAGE', 'either --engagement, which has a scope, or --scope');
  return requestWithin(flags.within.scope, asked);
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

function render(
  answer: QueryAnswer & { generated?: string },
  saved: InLog | undefined,
  format: QueryFlags['output'],
  context: Context,
): string {
  switch (format) {
    case 'json':
      return json(answer, saved);
    case 'csv':
      return answerCsv(answer);
    case 'table':
      return table(answer, Math.min(context.stdout.columns, 160));
  }
}
