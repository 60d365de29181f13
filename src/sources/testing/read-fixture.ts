import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Detected, detectSource } from '../detect.ts';
import { openReport, openText } from '../report/open.ts';
import type { Item, Outcome, Problem, RunFacts, Source } from '../types.ts';

export interface Read {
  detected: Detected;
  items: Item[];
  outcomes: Outcome[];
  problems: Problem[];
  facts: RunFacts;
}

const TESTDATA = join(import.meta.dirname, '..', 'testdata');
/** The larger files of other projects lie outside of the checkout, in a folder beside it. */
const LARGER = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'fixtures');

/** Where a fixture is: `checkov/checkov_json.json`. */
export function fixturePath(name: string): string {
  const own = join(TESTDATA, name);
  return existsSync(own) ? own : join(LARGER, name);
}

export const hasFixture = (name: string): boolean => existsSync(fixturePath(name));

/** Reads a fixture whole, detected unless a format is named. */
export async function readFixture(name: string, source?: Source): Promise<Read> {
  const { report, sample } = await openReport(fixturePath(name), name);
  const detected = source === undefined ? detectSource(sample) : { source, why: 'named', also: [] };
  return collect(detected, detected.source.read(report));
}

/** Reads a text as if it were a file of this name. */
export async function readText(text: string | Uint8Array, name: string, source?: Source): Promise<Read> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const { report, sample } = await openText(bytes, name);
  const detected = source === undefined ? detectSource(sample) : { source, why: 'named', also: [] };
  return collect(detected, detected.source.read(report));
}

export const fixtureText = (name: string): string => readFileSync(fixturePath(name), 'utf8');

async function collect(detected: Detected, read: AsyncIterable<Item> | Iterable<Item>): Promise<Read> {
  const items: Item[] = [];
  for await (const item of read) items.push(item);
  const of = <T extends Item['type']>(type: T) =>
    items.filter((item): item is Extract<Item, { type: T }> => item.type === type);
  return {
    detected,
    items,
    outcomes: of('outcome'),
    problems: of('problem'),
    facts: Object.assign({ type: 'run' as const }, ...of('run')),
  };
}
