import { expect, it } from 'vitest';
import type { Applicability } from '../applicability.ts';
import { unreadableReport } from '../empty.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { documentFrame } from './frame.ts';
import { soaSections } from './soa.ts';
import type { DocumentSection } from './types.ts';

const NOTHING = {
  ...{ kind: 'manual', decisions: 0, pass: 0, fail: 0, waived: 0, undecided: 0, exceptions: 0 },
  ...{ policies: [], foreign_checks: 0, layers: [], manual: [] },
};
const control = (id: string, title: string, over: object = {}) =>
  ({ ...NOTHING, id, title, ...over }) as unknown as ControlReport;

const controls = [
  control('4.1', 'Organisation and context'),
  control('10.2', 'Nonconformity'),
  // Checks of other tools are linked, and none of those tools sent anything.
  control('a.5.12', 'Classification', { foreign_checks: 5 }),
  control('a.7.1', 'Perimeters'),
  control('a.8.24', 'Cryptography', {
    policies: [{ policy_id: 'encrypted', rationale: 'It reads the settings.' }],
    ...{ decisions: 3, pass: 2, fail: 1, exceptions: 1 },
    layers: [{ policy_id: 'encrypted', layer: 'ci' }],
  }),
];
const report = (framework: string): AuditReport => ({
  ...unreadableReport({ framework, from: '2026-03-01', to: '2026-03-03' }, 'test.example/log', ''),
  controls,
});
const stated = (...list: [id: string, applicable: boolean][]): Applicability => ({
  framework: 'iso27001',
  digest: 'sha256:abc',
  controls: list.map(([id, applicable]) => ({ id, applicable, reason: 'We have no premises of our own.' })),
});

const tableOf = (sections: readonly DocumentSection[], id: string) => {
  const [found] = (sections.find((each) => each.id === id)?.blocks ?? []).flatMap((block) =>
    block.kind === 'table' ? [block] : [],
  );
  return { columns: found?.columns ?? [], rows: found?.rows ?? [] };
};
const wordsOf = (sections: readonly DocumentSection[]) =>
  sections
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])))
    .join('\n');

it('asks of the clauses no applicability: none of them may be left out', () => {
  const sections = soaSections(report('iso27001'), undefined);
  const clauses = tableOf(sections, 'clauses');
  expect(clauses.rows.map(([id]) => id)).toEqual([{ code: '4.1' }, { code: '10.2' }]);
  expect(clauses.columns.join()).not.toMatch(/appl|decision/i);
  const annex = tableOf(sections, 'soa');
  expect(annex.rows.map(([id]) => id)).toEqual([{ code: 'a.5.12' }, { code: 'a.7.1' }, { code: 'a.8.24' }]);
});

it('takes no link and no evidence for a decision of management', () => {
  const sections = soaSections(report('iso27001'), undefined);
  const { columns, rows } = tableOf(sections, 'soa');
  expect(columns.slice(2, 6)).toEqual(['Decision of management', 'Reason', 'Linked', 'Linked to']);
  expect(rows.map((row) => row.slice(2, 6))).toEqual([
    ['not given', '', 'linked', '5 checks of other tools, of which none sent a decision'],
    ['not given', '', 'not linked', ''],
    ['not given', '', 'linked', 'encrypted'],
  ]);
  expect(wordsOf(sections)).toContain('No decision of management is given: 0 of 3 controls of Annex A.');
  expect(wordsOf(sections)).toContain('--applicability');
});

it('says what the file states, and what it cannot state', () => {
  const sections = soaSections(
    report('iso27001'),
    stated(['a.7.1', false], ['a.8.24', false], ['4.1', false], ['a.9.9', true]),
  );
  const { rows } = tableOf(sections, 'soa');
  expect(rows.map((row) => row[2])).toEqual(['not given', 'does not apply', 'does not apply']);
  expect(rows[1]?.[3]).toBe('We have no premises of our own.');
  const words = wordsOf(sections);
  expect(words).toContain('2 of 3 controls of Annex A');
  expect(words).toContain('sha256:abc');
  expect(words).toContain('Stated as not applicable, and evidence came all the same: a.8.24.');
  expect(words).toContain('names clauses, which always apply: 4.1.');
  expect(words).toContain('names controls that the framework does not list: a.9.9.');
});

it('counts controls of Annex A and clauses apart', () => {
  const lead = documentFrame('Statement of applicability', { report: report('iso27001') }).lead.join('\n');
  expect(lead).toContain('3 controls of Annex A and 2 requirements of clauses 4 to 10.');
  expect(
    documentFrame('Controls', { report: { ...report('soc2'), controls: [] } }).lead.join('\n'),
  ).toContain('0 controls.');
});
