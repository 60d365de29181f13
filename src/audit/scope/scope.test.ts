import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initLedger, type Ledger, openLedger } from '../../ledger/index.ts';
import { isExhibitError, uuidv7 } from '../../record/index.ts';
import { AUDIT_EMITTER, auditDraft, parseScope, periodEnd, recordActs, requestWithin } from '../index.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));

describe('a scope', () => {
  it('is one framework and days that are there, in their order', () => {
    const scope = { framework: 'soc2', from: '2026-01-01', to: '2026-01-01' };
    expect(parseScope(scope)).toEqual(scope);
    const wrong = [
      { ...scope, framework: '../iso27001' },
      { ...scope, framework: 'SOC2' },
      { ...scope, to: '2025-12-31' },
      { ...scope, from: '2026-02-29', to: '2026-03-01' },
      { ...scope, to: '2026-01-01T23:00:00+02:00' },
    ];
    for (const one of wrong)
      expect(() => parseScope(one)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('a question within a scope', () => {
  const scope = { framework: 'soc2', from: '2026-01-01', to: '2026-03-31' };
  const { framework, from, to } = scope;

  it('is confined by the engine, but for a saved one that keeps itself to the framework of the scope', () => {
    const sql = { sql: 'SELECT 1 AS n' };
    expect(requestWithin(scope, sql)).toEqual({ ...sql, framework, from, to, confined: true });
    const own = { name: 'decisions', control: 'cc6.1', from: '2026-02-01' };
    expect(requestWithin(scope, own)).toEqual({ ...own, framework, to, confined: true });
    // Whatever was asked for, and also where a text of one's own has its name.
    const named = { name: 'framework-verdicts', parameters: { framework: 'iso27001' } };
    expect(requestWithin(scope, named)).toEqual({ name: 'framework-verdicts', framework, from, to });
    expect(requestWithin(scope, { ...sql, name: 'framework-verdicts' })).toMatchObject({ confined: true });
  });

  it('is refused where it has rows of other frameworks, or lies outside', () => {
    for (const name of ['gap-records', 'audit-acts', 'overrides-in-force', 'record-lineage', 'saved-queries'])
      expect(() => requestWithin(scope, { name })).toThrow(
        expect.objectContaining({ code: 'QUERY_INVALID' }),
      );
    for (const out of [{ framework: 'iso27001' }, { from: '2025-12-31' }, { to: '2026-04-01' }])
      expect(() => requestWithin(scope, { name: 'decisions', ...out })).toThrow(
        expect.objectContaining({ code: 'USAGE' }),
      );
  });
});

describe('the end of a period', () => {
  let folder: string;
  let ledger: Ledger;
  const at = { now: Date.parse('2026-03-28T12:00:00.000Z') };
  const clock = () => at.now;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'exhibit-scope-'));
    await initLedger(folder, { origin: 'example.com/scope', clock, random });
    ledger = await openLedger(folder, { clock, random });
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const act = async (time: string) => {
    at.now = Date.parse(time);
    await recordActs(ledger, [
      auditDraft({ type: 'access', kind: 'looked', engagement: 'e', message: 'looked' }, { clock, random }),
    ]);
  };

  it('is the state before the first record of the next day, by UTC, whatever came later', async () => {
    await act('2026-03-28T23:59:59.999Z');
    const open = await periodEnd(ledger, { to: '2026-03-28' });
    expect(open).toMatchObject({ size: 1, over: false });
    // Where the clocks of people change, a UTC day goes on to have 24 hours.
    await act('2026-03-29T23:59:59.998Z');
    await act('2026-03-30T00:00:00.000Z');
    const first = await ledger.entry(0);
    const leaf = createHash('sha256').update(Buffer.of(0)).update(first.bytes).digest();
    expect(await periodEnd(ledger, { to: '2026-03-28' })).toEqual({
      ...open,
      over: true,
      // RFC 6962: the tree of one leaf is that leaf's hash.
      body: `example.com/scope\n1\n${leaf.toString('base64')}\n`,
      root: leaf.toString('hex'),
    });
    expect(await periodEnd(ledger, { to: '2026-03-29' })).toMatchObject({ size: 2, over: true });
    expect(await periodEnd(ledger, { to: '2026-03-30' })).toMatchObject({ size: 3, over: false });
    expect(await periodEnd(ledger, { to: '2030-01-01' })).toMatchObject({ size: 3, over: false });
  });

  it('is refused where it is no day', async () => {
    await expect(periodEnd(ledger, { to: 'yesterday' })).rejects.toSatisfy((error) =>
      isExhibitError(error, 'USAGE'),
    );
  });
});

describe('an act of an audit', () => {
  it('is written under a name with which nobody else is believed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-acts-'));
    const options = { clock: Date.now, random };
    await initLedger(folder, { origin: 'example.com/acts', ...options });
    const ledger = await openLedger(folder, options);
    const draft = auditDraft({ type: 'access', kind: 'looked', message: 'looked' }, options);
    await expect(ledger.append(AUDIT_EMITTER, [draft])).rejects.toMatchObject({ code: 'RECORD_INVALID' });
    const [id = ''] = await recordActs(ledger, [draft]);
    expect(await ledger.find(id)).toBe(0);
    // What is no record is refused here, too, with all that came with it.
    const long = { ...draft, record_id: uuidv7(Date.now(), random), message: 'x'.repeat(70_000) };
    await expect(recordActs(ledger, [draft, long])).rejects.toMatchObject({ code: 'RECORD_INVALID' });
    expect((await ledger.checkpoint()).size).toBe(1);
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
