import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithOpa } from '../../src/engine/testing/need-opa.ts';
import { openLedger, openReader } from '../../src/ledger/index.ts';
import type { EvidenceRecord } from '../../src/record/index.ts';
import { ordeal, waiting } from './ordeal.ts';
import { type Workshop, workshop } from './workshop.ts';

/** EXHIBIT_REVIEWS=100000 EXHIBIT_KILLS=20: the whole figure, which takes minutes. */
const REVIEWS = Number(process.env.EXHIBIT_REVIEWS ?? 1_500);
const KILLS = Number(process.env.EXHIBIT_KILLS ?? 6);
const WEBHOOK_KILLS = 8;

describeWithOpa('webhooks whose ledger is another server’s, all of them killed', () => {
  let place: Workshop;
  beforeEach(async () => {
    place = await workshop();
  });
  afterEach(() => place.remove());

  it('each review that was answered has its run and its decision in the ledger exactly once', {
    timeout: 3_600_000,
  }, async () => {
    const result = await ordeal(place, {
      reviews: REVIEWS,
      evidenceKills: KILLS,
      webhookKills: WEBHOOK_KILLS,
      webhooks: 2,
      onProgress: (answered) => process.stderr.write(`${answered} answered\n`),
    });
    process.stderr.write(
      `${result.runs.length} answered (${result.denied} denied, ${result.unanswered} without an answer) in ${result.answeredSeconds.toFixed(0)} s, all sent after ${result.seconds.toFixed(0)} s, kills: ${JSON.stringify(result.kills)}\n`,
    );
    expect(result.kills).toEqual({ evidence: KILLS, webhook: 2 * WEBHOOK_KILLS });
    expect(result.denied).toBeGreaterThan(result.runs.length / 10);
    const runs = new Map<string, number>();
    const decisions = new Map<string, number>();
    const numbers = new Map<string, number[]>();
    let gaps = 0;
    for await (const record of records(place)) {
      const { record_type, run_id = '', emitter, sequence } = record;
      if (record_type === 'gap') gaps += 1;
      if (record_type === 'run') runs.set(run_id, (runs.get(run_id) ?? 0) + 1);
      if (record_type === 'decision') decisions.set(run_id, (decisions.get(run_id) ?? 0) + 1);
      if (sequence !== undefined && emitter.startsWith('load/'))
        numbers
          .set(emitter, numbers.get(emitter) ?? [])
          .get(emitter)
          ?.push(sequence);
    }
    expect(new Set(result.runs).size).toBe(result.runs.length);
    expect(result.runs.filter((run) => runs.get(run) !== 1).length, 'runs that are not there once').toBe(0);
    expect(result.runs.filter((run) => decisions.get(run) !== 1).length, 'decisions').toBe(0);
    expect(gaps, 'records that the ledger took for conflicts').toBe(0);
    expect(numbers.size).toBe(2);
    for (const [emitter, all] of numbers)
      expect(
        all.sort((a, b) => a - b).findIndex((number, at) => number !== at),
        `numbers of ${emitter}`,
      ).toBe(-1);
    for (const spool of ['spool-0', 'spool-1']) {
      const folder = join(place.folder, '..', spool);
      expect(waiting(folder), 'what waits').toBe(0);
      expect(readdirSync(join(folder, 'refused')), 'what was refused').toEqual([]);
    }
  });
});

/** Seals what waits, and reads every record. */
async function* records({ folder }: Workshop): AsyncGenerator<EvidenceRecord> {
  const ledger = await openLedger(folder, {
    clock: Date.now,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    lockTimeout: 30_000,
  });
  await ledger.seal();
  await ledger.close();
  const reader = await openReader(folder);
  const { size } = await reader.checkpoint();
  for await (const { bytes } of reader.entries(0, size))
    yield JSON.parse(Buffer.from(bytes).toString()) as EvidenceRecord;
  await reader.close();
}
