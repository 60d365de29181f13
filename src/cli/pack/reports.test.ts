import { expect, it } from 'vitest';
import { aiActSchema, unreadableReport } from '../../audit/index.ts';
import type { PackFile } from '../../verify/index.ts';
import { reportFiles } from './reports.ts';

async function filesOf(framework: string): Promise<PackFile[]> {
  const report = unreadableReport(
    { framework, from: '2026-03-01', to: '2026-03-03' },
    'test.example/log',
    '',
  );
  const files: PackFile[] = [];
  for await (const file of reportFiles(report, [])) files.push(file);
  return files;
}

it.each([
  ['nis2', ['nis2.html']],
  ['eu-ai-act', ['eu-ai-act.html', 'eu-ai-act.json']],
  ['iso27001', ['soa.html']],
  ['soc2', []],
])('a pack for %s has the report of its law or standard as well: %j', async (framework, own) => {
  const usual = ['framework', 'control', 'overrides', 'completeness', 'methodology'].map(
    (name) => `${name}.html`,
  );
  const files = await filesOf(framework);
  expect(files.map(({ path }) => path.replace('reports/', ''))).toEqual([
    ...usual,
    ...own,
    ...['all.csv', 'assessment-results.oscal.json', 'report.json', 'all.pdf'],
  ]);
  for (const { path, bytes } of files)
    if (path === 'reports/eu-ai-act.json') aiActSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
});
