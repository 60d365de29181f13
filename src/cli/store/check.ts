import { checkStore, EXPECTATIONS, NOT_REQUIRED, type Purpose, type StoreCheck } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import { type BucketFlags, bucketOf } from './flags.ts';
import { storeCheckSchema } from './schema.ts';

export interface CheckFlags extends BucketFlags {
  output: 'table' | 'json';
  /** What the bucket is for. */
  for: Purpose;
}

const WORDS = { ok: 'ok', not_ok: 'NOT OK', not_known: 'not known' } as const;

/**
 * Tries on a bucket whether its locks are real. Exit 1 where a required row is not ok, 3 where one is not known.
 * @throws ExhibitError CONFIG_INVALID
 */
export async function check(
  url: string,
  flags: CheckFlags,
  { clock, random, stdout }: Context,
): Promise<ExitCode> {
  const { rows, left } = await checkStore(bucketOf(url, flags), { clock, random, purpose: flags.for });
  const code = exitOf(rows);
  if (flags.output === 'json') {
    const report = storeCheckSchema.parse({
      schemaVersion: 1,
      store: url,
      rows: rows.map(({ expectation, result, why }) => ({
        expectation,
        text: EXPECTATIONS[expectation],
        result,
        required: !NOT_REQUIRED.has(expectation),
        why,
      })),
      left,
      exit_code: code,
    });
    stdout.write(`${inertJson(report, 2)}\n`);
    return code;
  }
  stdout.write(
    table(
      rows.map(({ expectation, result, why }) => [
        `${WORDS[result]}${result !== 'ok' && NOT_REQUIRED.has(expectation) ? ' (not required)' : ''}`,
        EXPECTATIONS[expectation],
        why,
      ]),
      stdout,
    ),
  );
  for (const { key, version, locked_until } of left)
    stdout.write(sentence(`left: ${key}, version ${version}, locked until ${locked_until}`, stdout));
  return code;
}

function exitOf(rows: StoreCheck['rows']): ExitCode {
  const required = rows.filter(({ expectation }) => !NOT_REQUIRED.has(expectation));
  if (required.some(({ result }) => result === 'not_ok')) return EXIT.violation;
  return required.some(({ result }) => result === 'not_known') ? EXIT.incomplete : EXIT.ok;
}
