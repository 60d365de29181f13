import {
  askPopulation,
  drawDetails,
  drawSample,
  stateBody,
  targetName,
  targetOf,
} from '../../audit/index.ts';
import { ExhibitError, parseRecord } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { requireInside, type WithinFlags, within } from '../engagement/within.ts';
import { placeOf } from '../evidence/place.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { type SourceFlags, withAnswers } from '../query/source.ts';
import { sentence, table } from '../terminal/table.ts';

export interface AgainFlags extends WithinFlags, SourceFlags {
  evidence?: string;
}

/**
 * Draws again what a record says was drawn: no new draw, and no new record. Exit 0: the same items; 1: others.
 * @throws ExhibitError NOT_FOUND, LAKE_FAILED, LEDGER_..., QUERY_...
 */
export async function sampleAgain(id: string, flags: AgainFlags, context: Context): Promise<ExitCode> {
  const place = placeOf(flags, context);
  const inside = await within(flags, place, context, {
    what: 'a sample drawn again',
    details: { record: id },
  });
  return withAnswers(place, flags, context, async ({ reader, ask }) => {
    const index = await reader.find(id);
    const record = index === undefined ? undefined : parseRecord((await reader.entry(index)).bytes);
    const told = drawDetails.safeParse(record?.details);
    if (!told.success)
      throw new ExhibitError('NOT_FOUND', `record ${id} is no draw of this log`, {
        hint: 'exhibit sample list shows them.',
      });
    const { framework, from, to, unit, period_end, nonce, method, ...draw } = told.data;
    if (inside.within !== undefined) requireInside(inside.within, { framework, from, to });
    const target = targetOf(draw);
    const { origin, size } = period_end;
    const root = await reader.rootAt(size);
    const body = stateBody({ origin, size, root });
    const population = await askPopulation(ask, {
      scope: { framework, from, to },
      target,
      unit,
    });
    const drawn = drawSample(population, { body }, nonce, method);
    const compared = [
      ['period end', period_end.root, root],
      ['population', draw.population_digest, population.digest],
      ['seed', draw.seed, drawn.seed],
      ['items', draw.items_digest, drawn.items_digest],
    ].map(([name = '', was = '', is = '']) => [name, was === is ? 'same' : `was ${was}, is ${is}`]);
    const same = compared.every(([, result]) => result === 'same');
    tellGenerated(reader.origin, 'table', context);
    context.stdout.write(table(compared, context.stdout));
    const name = `draw ${draw.draw} of ${targetName({ framework }, target)}, ${from} to ${to}`;
    context.stdout.write(sentence(`${name}: ${same ? 'the same sample' : 'ANOTHER SAMPLE'}`, context.stdout));
    return same ? EXIT.ok : EXIT.violation;
  });
}
