import {
  drawMarks,
  drawsOf,
  type PastDraw,
  parseScope,
  readActs,
  SAMPLE_DRAWN,
  targetName,
  targetOf,
} from '../../audit/index.ts';
import { dayOf, ExhibitError, plural } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { type WithinFlags, within } from '../engagement/within.ts';
import { placeOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { askedOf, laterDay } from '../population/scope.ts';
import { type SourceFlags, withSource } from '../query/source.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import { sampleListSchema } from './schema.ts';

export interface ListFlags extends WithinFlags, SourceFlags {
  evidence?: string;
  policy?: string;
  output: 'table' | 'json';
}

/** Lists draws. Exit 3 where there may be more than those that are shown. @throws ExhibitError USAGE, LEDGER_..., QUERY_... */
export async function listSamples(given: ListFlags, context: Context): Promise<ExitCode> {
  const place = placeOf(given, context);
  const flags = await within(given, place, context, { what: 'draws of samples' });
  const { control, policy, framework, from, to } = flags;
  const one = control !== undefined || policy !== undefined;
  if (!one && (framework === undefined || from === undefined || to === undefined))
    throw new ExhibitError('USAGE', 'which framework, and which period?', {
      hint: 'Such as --framework soc2 --from 2026-01-01 --to 2026-03-31.',
    });
  const { scope, target } = one
    ? askedOf({ ...flags, unit: 'record' })
    : {
        scope: parseScope({ framework: framework ?? '', from: from ?? '', to: to ?? '' }),
        target: undefined,
      };
  const { acts, origin } = await withSource(place, flags, context, async (source) => ({
    acts: await readActs(
      source,
      { to: laterDay(dayOf(context.clock()), scope.to) },
      { kinds: [SAMPLE_DRAWN] },
    ),
    origin: source.reader.origin,
  }));
  const draws = drawsOf(acts, scope, target);
  const exit_code = acts.unknown === undefined ? EXIT.ok : EXIT.incomplete;
  const { stdout } = context;
  const generated = tellGenerated(origin, flags.output, context);
  if (flags.output === 'json') {
    const listed = draws.map(({ kind: _, ...draw }) => draw);
    const document = {
      ...{ schemaVersion: 1, ...generated, scope },
      ...{ draws: listed, unknown: acts.unknown, exit_code },
    };
    stdout.write(`${inertJson(sampleListSchema.parse(document), 2)}\n`);
    return exit_code;
  }
  for (const draw of draws) stdout.write(`${table(rowsOf(draw), stdout)}\n`);
  stdout.write(`${plural(draws.length, 'draw')}\n`);
  if (acts.unknown !== undefined) stdout.write(sentence(`THERE MAY BE MORE DRAWS: ${acts.unknown}`, stdout));
  return exit_code;
}

function rowsOf(draw: PastDraw): string[][] {
  const { nonce, nonce_by } = draw;
  const marks = drawMarks(draw);
  return [
    ['draw', `${draw.draw} of ${targetName(draw, targetOf(draw))}, ${draw.from} to ${draw.to}`],
    ['drawn', `${draw.size} of ${draw.population} at ${draw.recorded_at}`],
    ['record', `${draw.record_id}, index ${draw.log_index}`],
    ['nonce', `${nonce} (${nonce_by})`],
    ['items', draw.items_digest],
    ...(draw.engagement === undefined ? [] : [['engagement', draw.engagement]]),
    ...(marks.length === 0 ? [] : [['marks', marks.join(', ')]]),
  ];
}
