import { formatInstant, SCHEMA, uuidv7 } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { openWriter, remember } from '../ledger/memory.ts';
import type { StoreDrill } from './schema.ts';

/** The emitter of records of drills. */
export const DRILL_EMITTER = 'exhibit-drill';

/**
 * Writes what a drill found into a ledger, as an attestation without a verdict: no policy was judged, so it must not count as a pass.
 * @throws ExhibitError what openWriter throws
 */
export async function recordDrill(folder: string, report: StoreDrill, context: Context): Promise<void> {
  const now = context.clock();
  const ledger = await openWriter(folder, context);
  try {
    const { steps, exit_code, source, started, origin, size, root, days } = report;
    await ledger.append(DRILL_EMITTER, [
      {
        schema: SCHEMA,
        record_id: uuidv7(now, context.random),
        record_type: 'attestation',
        observed_at: formatInstant(now),
        emitter: DRILL_EMITTER,
        layer: 'evidence',
        tool: 'exhibit',
        message: `a restore of the copy in ${source} was tried: ${WORDS[exit_code] ?? 'not complete'}`,
        details: { kind: 'restore drill', source, started, origin, size, root, days, steps, exit_code },
      },
    ]);
    await ledger.seal();
    await remember(ledger, context);
  } finally {
    await ledger.close();
  }
}

const WORDS: Readonly<Record<number, string>> = { 0: 'each step is ok', 1: 'a step is not ok' };
