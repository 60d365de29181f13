import type { LedgerReader } from '../../ledger/index.ts';
import { isExhibitError } from '../../record/index.ts';
import { compareBytes, type PackFile } from '../../verify/index.ts';
import { askPopulation, type Population } from '../population/ask.ts';
import { drawSample, stratumOf } from '../sample/draw.ts';
import { type PastDraw, targetOf } from '../sample/record.ts';
import { stateBody } from '../scope/scope.ts';
import { sourceHere } from '../scope/source.ts';
import { jsonFile } from './writer.ts';

/** Most decisions of a population that is drawn from once more. */
const MOST_DECISIONS = 1_000_000;
/** Most items of a population whose ids go into the pack: some ten megabytes. */
const MOST_IN_PACK = 100_000;

interface DrawnAgain {
  name: string;
  /** Indexes of the decisions. */
  indexes: number[];
  /** State of the log that the seed was made of. */
  state: { size: number; root: string };
}

/**
 * Every draw of the scope made once more, with what was drawn. One that gives another sample now, or whose population is not whole any more, is no
 * file of the pack: it is said.
 * @returns the decisions that were drawn, by draw
 */
export async function samplesOf(
  reader: LedgerReader,
  { draws, within }: { draws: readonly PastDraw[]; within: { from: string; to: string } },
  add: (file: PackFile) => void,
  left_out: string[],
): Promise<DrawnAgain[]> {
  const found: DrawnAgain[] = [];
  // Draws of one population follow each other; one is held at a time.
  let last: { key: string; population: Population } | undefined;
  for (const draw of draws) {
    const { framework, from, to, unit, nonce, method, period_end } = draw;
    const name = `sample ${draw.record_id}`;
    if (from < within.from || to > within.to) {
      left_out.push(`${name}: its period, ${from} to ${to}, reaches beyond this one; its record is here`);
      continue;
    }
    const target = targetOf(draw);
    const key = JSON.stringify([framework, from, to, unit, target]);
    try {
      const scope = { framework, from, to };
      if (last?.key !== key)
        last = {
          key,
          population: await askPopulation(
            sourceHere(reader).ask,
            { scope, target, unit },
            { most: MOST_DECISIONS },
          ),
        };
      const root = await reader.rootAt(period_end.size);
      const body = stateBody({ ...period_end, root });
      const drawn = drawSample(last.population, { body }, nonce, method);
      if (drawn.seed !== draw.seed || drawn.items_digest !== draw.items_digest) {
        left_out.push(`${name}: drawn again it gives other items`);
        continue;
      }
      const { record_id, log_index, recorded_at, engagement, ...details } = draw;
      const { text, parameters } = last.population.query;
      add(
        jsonFile(`samples/${record_id}.json`, {
          draw: { record_id, log_index, recorded_at, engagement },
          details,
          query: { text, parameters },
          coverage: last.population.coverage,
          strata: drawn.strata,
          items: drawn.items,
          population: populationOf(last.population, method, name, left_out),
        }),
      );
      found.push({
        name: `decisions of ${name}`,
        indexes: drawn.items.map(({ row }) => row.log_index),
        state: { size: period_end.size, root },
      });
    } catch (error) {
      if (!isExhibitError(error, 'LAKE_FAILED')) throw error;
      left_out.push(`${name}: ${error.message}`);
    }
  }
  return found;
}

/** The ids of a population, each with its stratum, in the order of their bytes: what the sample is drawn from once more. */
function populationOf(
  { items }: Population,
  { strata }: PastDraw['method'],
  name: string,
  left_out: string[],
): [id: string, stratum: string][] | undefined {
  if (items.length > MOST_IN_PACK) {
    left_out.push(
      `the population of ${name}: ${items.length} items, of more than ${MOST_IN_PACK} the ids are not there; exhibit sample again draws from it over the evidence`,
    );
    return undefined;
  }
  return items
    .map((item): [string, string] => [item.id, stratumOf(item, strata)])
    .sort(([a], [b]) => compareBytes(a, b));
}
