import type { UnnumberedRecord } from '../../engine/index.ts';
import type { Item } from '../types.ts';
import type { Ingested, IngestOptions } from './options.ts';
import { Run } from './run.ts';

const BATCH = 500;

/**
 * Records of a report, in batches, in constant memory: one decision a result, one error a problem, an override without a sunset for each
 * suppression of the tool, and the run last, with its counts.
 */
export async function* ingest(
  items: AsyncIterable<Item> | Iterable<Item>,
  options: IngestOptions,
): AsyncGenerator<UnnumberedRecord[], Ingested> {
  const run = new Run(options);
  for (const problem of options.problems ?? []) run.add(problem);
  try {
    for await (const item of items) {
      run.add(item);
      if (run.waiting.length >= BATCH) yield run.take();
    }
  } catch (cause) {
    run.add({
      type: 'problem',
      message: `the report could not be read to its end: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'What stands before was recorded.',
    });
  }
  run.finish();
  yield run.take();
  return run.result();
}
