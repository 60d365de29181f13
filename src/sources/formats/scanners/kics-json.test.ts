import { describe, expect, it } from 'vitest';
import { readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, severities, tally } from '../../testing/tally.ts';

describe('KICS, json', () => {
  it('reads the findings of each query, and says that a file was not parsed', async () => {
    const read = await readFixture('kics/many_findings.json');
    // severity_counters: HIGH 5, MEDIUM 5, LOW 8; total_counter 18
    expect(tally(read.outcomes)).toEqual({ fail: 18 });
    expect(severities(read.outcomes)).toEqual({ high: 5, medium: 5, low: 8 });
    // files_scanned 15, files_parsed 14
    expect((await ingested(read)).problems.map(({ message }) => message)).toEqual([
      'kics could not read 1 of 15 files',
    ]);
  });

  it('reads a clean scan as one that lists failures only', async () => {
    const read = await readFixture('kics/no_findings.json');
    expect(read.outcomes).toEqual([]);
    expect(await ingested(read)).toMatchObject({ complete: true, decisions: 0, facts: { scanned: 1 } });
  });

  it('says what could not be executed, and misses findings that its total counts', async () => {
    const scan = {
      queries_total: 510,
      queries_failed_to_execute: 36,
      files_scanned: 1,
      files_parsed: 1,
      total_counter: 2,
      queries: [],
    };
    expect(
      (await ingested(await readText(JSON.stringify(scan), 'r.json'))).problems.map(({ message }) => message),
    ).toEqual(['36 queries of 510 could not be executed', 'the report says 2 fail, and 0 were read']);
  });

  it('takes a scan without queries or files for no pass, and shows no secret', async () => {
    const none = { queries_total: 0, files_scanned: 3, files_parsed: 3, queries: [] };
    expect((await ingested(await readText(JSON.stringify(none), 'r.json'))).complete).toBe(false);
    const query = {
      query_id: 'q',
      category: 'Secret Management',
      severity: 'HIGH',
      files: [{ file_name: 'a\\b.tf', line: 2, actual_value: 'password=hunter2', search_value: 'hunter2' }],
    };
    const { outcomes } = await readText(JSON.stringify({ queries_total: 1, queries: [query] }), 'r.json');
    expect(outcomes[0]).toMatchObject({ file: 'a/b.tf', line: 2 });
    expect(JSON.stringify(outcomes)).not.toContain('hunter2');
  });
});
