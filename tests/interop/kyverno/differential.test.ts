import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../../src/engine/index.ts';
import { DEFAULT_LIMITS, type InputDocument, parseInput } from '../../../src/inputs/index.ts';
import { buildBundle, openBundle } from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';
import { applied, folderOf, why } from './workshop.ts';

const WORKLOADS = ['Pod', 'Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet', 'Job', 'CronJob'];
/** A rule in Rego, its counterpart, and the kinds that both say they judge. The table of docs/how-to/kyverno.md. */
const PAIRS: readonly { rego: string; other: string; kinds: readonly string[] }[] = [
  { rego: 'image-fixed', other: 'kyverno-image-fixed', kinds: WORKLOADS },
  { rego: 'container-not-privileged', other: 'kyverno-privileged-refused', kinds: WORKLOADS },
  { rego: 'pod-isolated-from-host', other: 'vap-host-namespaces-refused', kinds: WORKLOADS },
  { rego: 'service-no-external-ip', other: 'vap-external-ips-refused', kinds: ['Service'] },
  { rego: 'default-namespace-unused', other: 'vap-default-namespace-unused', kinds: WORKLOADS },
  {
    rego: 'rbac-no-anonymous',
    other: 'vap-everyone-not-bound',
    kinds: ['RoleBinding', 'ClusterRoleBinding'],
  },
];

interface Described {
  kind: string;
  metadata: Record<string, unknown>;
}

/** Objects of Kubernetes in these folders, each under a name of its own, so that one run of the CLI tells them apart. */
function corpus(folders: readonly string[]): InputDocument[] {
  const walk = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
    );
  const kinds = new Set(PAIRS.flatMap((pair) => pair.kinds));
  const files = folders.flatMap(walk).filter((file) => /\.(ya?ml|json)$/.test(file));
  return files
    .sort()
    .flatMap((file) => parseInput(file, readFileSync(file), DEFAULT_LIMITS).documents)
    .filter(({ kind, value }) => kind === 'kubernetes' && kinds.has((value as Described).kind))
    .map((document, i) => {
      const value = structuredClone(document.value) as unknown as Described;
      value.metadata = {
        ...value.metadata,
        name: `object-${i}`,
        namespace: value.metadata?.namespace ?? 'shop',
      };
      if (value.kind === 'ClusterRoleBinding') delete value.metadata.namespace;
      return { ...document, value: value as unknown as InputDocument['value'] };
    });
}

/** What our engine says of an object as a whole; undefined where the policy found nothing to judge in it. */
async function ours(engine: Engine, document: InputDocument): Promise<Map<string, string>> {
  const out = new Map<string, string>();
  for (const { policy_id, verdict } of await engine.judge(document, 'admission')) {
    if (verdict === 'not_applicable') continue;
    if (out.get(policy_id) !== 'fail') out.set(policy_id, verdict);
  }
  return out;
}

describe.skipIf(why !== '')(`a rule in Rego and its counterpart say the same${why}`, () => {
  let engine: Engine;
  beforeAll(async () => {
    const built = await buildBundle('policies', {
      opa: await keptCompiler(),
      revision: 'test',
      allowDirty: true,
    });
    engine = await createEngine(openBundle(built.files, { keys: [], allowUnsigned: true }), {
      clock: () => 0,
    });
  });
  afterAll(() => engine?.close());

  async function compare(documents: readonly InputDocument[]) {
    const library = 'policies/policies/kubernetes';
    const files: Record<string, string> = Object.fromEntries(
      PAIRS.map(({ other }) => {
        const name = other.startsWith('vap-') ? 'admission-policy.yaml' : 'kyverno.yaml';
        return [`${other}.yaml`, readFileSync(join(library, other, name), 'utf8')];
      }),
    );
    const objects = documents.map(({ value }) => JSON.stringify(value)).join('\n---\n');
    const folder = folderOf({ ...files, 'objects.yaml': `${objects}\n` });
    const theirs = applied(folder, Object.keys(files), ['objects.yaml']);
    const rows = PAIRS.map((pair) => ({ ...pair, both: 0, fail: 0, different: [] as string[] }));
    for (const document of documents) {
      const said = await ours(engine, document);
      const { kind, metadata } = document.value as unknown as Described;
      for (const row of rows.filter(({ kinds }) => kinds.includes(kind))) {
        const id = [kind, metadata.namespace, metadata.name].filter(Boolean).join('/');
        const [mine, other] = [said.get(row.rego), theirs[`${row.other} ${id}`]];
        if (mine === undefined && (other === undefined || other === 'skip')) continue;
        row.both += 1;
        if (mine === 'fail') row.fail += 1;
        if (mine !== other) row.different.push(`${document.file} ${id}: ours ${mine}, theirs ${other}`);
      }
    }
    return rows;
  }

  test('of every object among the examples of the library', async () => {
    const rows = await compare(corpus(['policies/policies', 'examples']));
    expect(rows.flatMap(({ different }) => different)).toEqual([]);
    const page = readFileSync('docs/how-to/kyverno.md', 'utf8');
    for (const { rego, other, both, fail, different } of rows)
      console.log(`kyverno | ${rego} | ${other} | ${both} | ${fail} | ${different.length} |`);
    for (const { rego, other, both, fail, different } of rows) {
      expect(both - fail, `${rego} passes`).toBeGreaterThan(1);
      expect(fail, `${rego} fails`).toBeGreaterThan(1);
      // The table of the page, as these rows are now.
      expect(page).toContain(`| ${rego} | ${other} | ${both} | ${fail} | ${different.length} |`);
    }
  });

  test.skipIf(!existsSync('../shared/fixtures/conftest'))(
    'of objects that other projects wrote',
    async () => {
      const folders = ['conftest', 'k8s', 'kyverno'].map((name) => `../shared/fixtures/${name}`);
      const documents = corpus(folders);
      expect(documents.length).toBeGreaterThan(0);
      const rows = await compare(documents);
      expect(rows.flatMap(({ different }) => different)).toEqual([]);
    },
  );
});
