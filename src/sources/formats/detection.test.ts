import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../registry.ts';
import { openReport } from '../report/open.ts';
import { fixturePath, readFixture } from '../testing/read-fixture.ts';

const TESTDATA = join(import.meta.dirname, '..', 'testdata');
const FILES = readdirSync(TESTDATA, { withFileTypes: true })
  .filter((each) => each.isDirectory())
  .flatMap(({ name }) => readdirSync(join(TESTDATA, name)).map((file) => `${name}/${file}`));

/** The folder of testdata that each format reads. */
const OWN: Readonly<Record<string, string>> = {
  'checkov-json': 'checkov',
  'trivy-json': 'trivy',
  'trivy-operator': 'trivy-operator',
  'conftest-json': 'conftest',
  'kics-json': 'kics',
  'terrascan-json': 'terrascan',
  'tfsec-json': 'tfsec',
  'kubescape-json': 'kubescape',
  'kube-bench-json': 'kubebench',
  sarif: 'sarif',
  'junit-xml': 'junit',
};
/** In those folders, but no report of the tool: its input, or a report in another tool's format. */
const OTHER = new Set([
  'conftest/deployments.yaml',
  'conftest/gke-show.json',
  'trivy/alpine-310.asff.golden',
]);

describe('detection', () => {
  it.each(FILES)('%s is taken by its own format of these and by no other one', async (file) => {
    const { sample } = await openReport(fixturePath(file), file);
    const takers = SOURCES.filter(({ id }) => id in OWN).flatMap((source) => {
      const why = source.detect(sample);
      if (why !== undefined) expect(why.length).toBeGreaterThan(10);
      return why === undefined ? [] : [source.id];
    });
    const folder = file.split('/')[0];
    const own = Object.entries(OWN).flatMap(([id, name]) =>
      name === folder && !OTHER.has(file) ? [id] : [],
    );
    expect(takers).toEqual(own);
  });

  it.each(SOURCES.map((source) => [source.id, source] as const))(
    '%s takes nothing that is damaged for its own, and never throws',
    (_, source) => {
      const odd = [
        undefined,
        null,
        0,
        'x',
        [],
        {},
        [[]],
        { results: [] },
        { runs: {} },
        { results: { violations: 0 } },
        { Controls: [null] },
        { kind: 'List', items: null },
      ];
      for (const first of odd)
        for (const shape of ['json', 'json-array', 'json-lines', 'yaml', 'xml', 'text'] as const)
          expect(source.detect({ name: 'r', shape, first, head: '' })).toBeUndefined();
    },
  );
});

describe('control map', () => {
  const MAP = new Set(
    ['checkov', 'trivy', 'kics'].flatMap((tool) => {
      const text = readFileSync(
        join(import.meta.dirname, '../../../policies/controls', `${tool}.yaml`),
        'utf8',
      );
      return [...text.matchAll(/^\s*- ([a-z]+\/[^\s#]+)/gm)].map(([, id]) => id);
    }),
  );

  // Different ids in the files that grep finds in the map; of Trivy those in an older form count as one with the newest: AWS 3, DS 1, KSV 18, a secret rule.
  it.each([
    ['checkov', 6],
    ['trivy', 23],
    ['kics', 15],
  ] as const)('has the policy ids of %s as its reader spells them', async (tool, count) => {
    const linked = new Set<string>();
    for (const file of FILES.filter(
      (name) => name.startsWith(`${tool}/`) || name.startsWith(`${tool}-operator/`),
    )) {
      if (OTHER.has(file)) continue;
      for (const { check, details } of (await readFixture(file)).outcomes) {
        const spelled = `${tool}/${details?.id ?? check}`;
        if (MAP.has(spelled)) expect([file, MAP.has(`${tool}/${check}`)]).toEqual([file, true]);
        if (MAP.has(`${tool}/${check}`)) linked.add(check);
      }
    }
    expect(linked.size).toBe(count);
  });
});
