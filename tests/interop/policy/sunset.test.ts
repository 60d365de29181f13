import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { createEngine, judgeAll } from '../../../src/engine/index.ts';
import { metadata } from '../../../src/engine/testing/bundles.ts';
import { documentOf } from '../../../src/engine/testing/documents.ts';
import type { InputKind } from '../../../src/inputs/index.ts';
import { type Bundle, findOpa, loadBundle, type Opa } from '../../../src/policy/index.ts';
import { commitAll } from '../../../src/policy/testing/fixture.ts';
import { formatInstant, LAYERS, type Layer } from '../../../src/record/index.ts';
import { type OpaServer, serveOpa } from './opa-server.ts';

/** The last day of the override; a bare day ends with it. */
const SUNSET = '2026-05-04';
const LAST = Date.parse('2026-05-04T23:59:59.999Z');
const MOMENTS = [
  ['one second before the sunset', LAST - 1_000, 'waived'],
  ['at the sunset', LAST, 'waived'],
  ['one millisecond after it', LAST + 1, 'enforced'],
  ['one second after it', LAST + 1_000, 'enforced'],
] as const;

const override = (created: string, sunset: string) => `id: OV-1
policy: pods-labelled
scope: {subjects: ["Pod/shop/**"]}
owner: ada@example.com
approver: grace@example.com
reason: The label comes with the next release of the chart.
ticket: https://tickets.example.org/1
created: ${created}
sunset: ${sunset}
`;
const POLICY = `${metadata('pods-labelled', [], `{${LAYERS.map((layer) => `${layer}: enforce`).join(', ')}}`)}package exhibit.policies.pods
pod := input.request.object if input.kind == "AdmissionReview"
pod := input if input.kind == "Pod"
id := sprintf("Pod/%s/%s", [pod.metadata.namespace, pod.metadata.name])
population contains {"type": "Pod", "id": id, "name": pod.metadata.name}
violations contains {"subject": id, "message": "it has no owner"} if not pod.metadata.labels.owner
`;
const FRAMEWORK = `id: test
title: Test
version: "1"
source: a test
controls:
  - {id: one, title: One, summary: The only one., coverage: automated}
`;
const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };
const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: '1', operation: 'CREATE', object: POD },
};
/** What each layer is shown of the same Pod. */
const SHOWN: Record<Layer, { kind: InputKind; value: unknown }> = {
  'pre-commit': { kind: 'kubernetes', value: POD },
  ci: { kind: 'kubernetes', value: POD },
  admission: { kind: 'kubernetes', value: REVIEW },
  runtime: { kind: 'kubernetes', value: { ...POD, status: { phase: 'Running' } } },
  evidence: { kind: 'kubernetes', value: POD },
};

/** A signed bundle, made by the commands that an engineer types. @returns its folder */
async function signedBundle(text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-sunset-'));
  const files = {
    'exhibit.yaml': 'name: sunset\n',
    'frameworks/test.yaml': FRAMEWORK,
    'policies/pods/policy.rego': POLICY,
    'overrides/ov.yaml': text,
    '.gitignore': '/.exhibit/\n',
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  await commitAll(folder);
  for (const verb of ['build', 'sign']) expect((await exhibit(LAST, 'policy', verb, folder)).code).toBe(0);
  return folder;
}

/** Runs a command line as the program does, at another time. */
async function exhibit(now: number, ...argv: string[]) {
  let stdout = '';
  const sink = (write: (text: string) => void) => ({ write, isTTY: false, columns: 80 });
  const code = await main(argv, {
    env: { ...process.env, EXHIBIT_STATE: mkdtempSync(join(tmpdir(), 'exhibit-state-')), CI: '' },
    cwd: tmpdir(),
    clock: () => now,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    stdout: sink((text) => {
      stdout += text;
    }),
    stderr: sink(() => undefined),
  });
  return { code, stdout };
}

describe('one second after a sunset all layers deny', () => {
  let opa: Opa;
  let folder: string;
  let bundle: Bundle;
  let server: OpaServer;
  beforeAll(async () => {
    opa = await findOpa(process.env);
    folder = await signedBundle(override('2026-04-20', SUNSET));
    const pem = readFileSync(join(folder, '.exhibit', 'keys', 'bundle.pub.pem'), 'utf8');
    bundle = await loadBundle(join(folder, '.exhibit', 'bundle.tar.gz'), { keys: [{ id: 'bundle', pem }] });
    server = await serveOpa(opa, join(folder, '.exhibit'), 'bundle.tar.gz', 'keys/bundle.pub.pem');
    writeFileSync(join(folder, 'pod.json'), JSON.stringify(POD));
  });
  afterAll(() => server?.stop());

  const flags = () => [
    '--bundle',
    join(folder, '.exhibit', 'bundle.tar.gz'),
    '--bundle-key',
    join(folder, '.exhibit', 'keys', 'bundle.pub.pem'),
  ];

  it.each(MOMENTS)('exhibit check, pre-commit and ci, %s', async (_name, now, expected) => {
    for (const layer of ['pre-commit', 'ci']) {
      const { code, stdout } = await exhibit(
        now,
        'check',
        join(folder, 'pod.json'),
        '--layer',
        layer,
        ...flags(),
        '-o',
        'json',
      );
      const { results, overrides } = JSON.parse(stdout) as {
        results: { verdict: string; disposition: string }[];
        overrides: { used: unknown; expired: unknown };
      };
      expect(results.map(({ verdict, disposition }) => [verdict, disposition])).toEqual([['fail', expected]]);
      expect(code).toBe(expected === 'waived' ? 0 : 1);
      expect(overrides).toMatchObject(
        expected === 'waived'
          ? { used: [{ id: 'OV-1', waived: 1 }], expired: [] }
          : { used: [], expired: [{ id: 'OV-1', matched: 1 }] },
      );
    }
  });

  it.each(MOMENTS)('the engine at every layer, %s', async (_name, now, expected) => {
    const engine = await createEngine(bundle, { clock: () => now });
    try {
      for (const layer of LAYERS) {
        const { kind, value } = SHOWN[layer];
        const file = { file: 'x.json', documents: [documentOf(kind, value, 'x.json')], problems: [] };
        const { decisions } = await judgeAll(engine, [file], { bundle, layer, now });
        expect(decisions.map(({ verdict, disposition }) => [layer, verdict, disposition])).toEqual([
          [layer, 'fail', expected],
        ]);
      }
    } finally {
      await engine.close();
    }
  });

  it.each(MOMENTS)('a stock opa run at every layer, %s', async (_name, now, expected) => {
    for (const layer of LAYERS) {
      const { kind, value } = SHOWN[layer];
      const question = { layer, kind, document: value, file: 'x.json' };
      const answer = await server.query(
        `answer := [data.exhibit.decide.allow, [d.disposition | some d in data.exhibit.decide.decisions]] with time.now_ns as ${now}000000`,
        question,
      );
      expect([layer, answer]).toEqual([layer, [expected === 'waived', [expected]]]);
    }
  });

  it('a stock opa run by its own clock, asked through its Data API', async () => {
    const ask = async (sunset: number): Promise<unknown> => {
      const day = 86_400_000;
      const own = await signedBundle(override(formatInstant(sunset - day), formatInstant(sunset)));
      const running = await serveOpa(opa, join(own, '.exhibit'), 'bundle.tar.gz', 'keys/bundle.pub.pem');
      try {
        return await running.ask('exhibit/decide', {
          layer: 'runtime',
          ...{ kind: 'kubernetes', document: POD },
        });
      } finally {
        await running.stop();
      }
    };
    const digest = expect.stringMatching(/^sha256:/);
    const subject = { type: 'Pod', id: 'Pod/shop/web', name: 'web' };
    const decision = {
      policy_id: 'pods-labelled',
      rule_id: 'pods-labelled',
      severity: 'high',
      subject,
      verdict: 'fail',
    };
    const message = 'it has no owner';
    const asked = Date.now();
    expect(await ask(asked + 3_600_000)).toMatchObject({
      allow: true,
      decisions: [
        { ...decision, message, disposition: 'waived', override_id: 'OV-1', override_digest: digest },
      ],
    });
    expect(await ask(asked - 1_000)).toMatchObject({
      allow: false,
      decisions: [{ ...decision, message, disposition: 'enforced' }],
    });
  });
});
