import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Bundle, digestOf } from '../../../src/policy/index.ts';
import { detectSource, type Ingested, ingest, openReport } from '../../../src/sources/index.ts';
import { fixturePath, hasFixture } from '../../../src/sources/testing/read-fixture.ts';
import { starterBundle } from '../policy/export-corpus.ts';

const TESTDATA = join(import.meta.dirname, '..', '..', '..', 'src', 'sources', 'testdata');
/** Files of the same projects that are too large to be kept here. */
const LARGER = [
  'checkov/checkov_json.json',
  'kubebench/kube-bench-controls.json',
  'policyreport/policy-report.yaml',
  'sarif/codeQL-output.sarif',
  'sarif/sarif_input.sarif',
];
const missing = LARGER.filter((name) => !hasFixture(name));

/** One row of the table. */
async function row(name: string, bundle: Bundle): Promise<string> {
  const { report, sample } = await openReport(fixturePath(name), name);
  let detected: ReturnType<typeof detectSource>;
  try {
    detected = detectSource(sample);
  } catch {
    return line([name, 'none', '', '', '', '', '', '', '']);
  }
  const { source } = detected;
  const batches = ingest(source.read(report), {
    source,
    report: name,
    raw_digest: digestOf(new Uint8Array()),
    bundle,
    emitter: 'fixtures',
    attribution: {},
    now: Date.UTC(2026, 10, 26),
    random: (length) => new Uint8Array(length),
  });
  let records = 0;
  let result: Ingested | undefined;
  for (let step = await batches.next(); ; step = await batches.next()) {
    if (step.done === true) {
      result = step.value;
      break;
    }
    records += step.value.length;
  }
  const { counts, suppressed, unmapped, facts } = result;
  const other = counts.not_applicable + counts.not_evaluated;
  const population = facts.population ?? (source.population === 'varies' ? 'unknown' : source.population);
  return line([
    name,
    source.id,
    records,
    counts.pass,
    counts.fail,
    counts.error,
    other,
    suppressed,
    `${unmapped.size} (${population})`,
  ]);
}

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

test.skipIf(missing.length > 0)(
  `every fixture is taken in, and the table in the reference says how${missing.length > 0 ? ` (skipped: ${missing.join(', ')} are not here)` : ''}`,
  async () => {
    const bundle = await starterBundle();
    const own = readdirSync(TESTDATA, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath !== TESTDATA)
      .map((entry) => join(entry.parentPath, entry.name).slice(TESTDATA.length + 1));
    const rows: string[] = [];
    for (const name of [...own, ...LARGER].sort()) rows.push(await row(name, bundle));
    const page = `# Reports of other projects, taken in

Made by a test from files that other projects wrote or keep as samples (\`src/sources/testdata/SOURCES.tsv\` names them). Format: what
\`exhibit ingest auto\` takes the file for; none: it is no report. Records: all that it gives, the run among them. Other: not applicable and not
evaluated. Silenced: suppressed within the tool. Unmapped: checks that the control map of the library does not link, and whether passes are in
the file at all.

| file | format | records | pass | fail | error | other | silenced | unmapped checks |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
    await expect(page).toMatchFileSnapshot(join(import.meta.dirname, '../../../docs/reference/ingested.md'));
  },
);
