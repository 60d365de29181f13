import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Bundle, buildBundle, findOpa, openBundle } from '../../policy/index.ts';

/** Fields of a policy's metadata; `extra` are more of its lines. */
function fields(id: string, extra: readonly string[], layers: string): string[] {
  return [
    `id: ${id}`,
    'severity: high',
    'owner: tests',
    'controls:',
    '  - {control: test/one, strength: full, rationale: It is the only policy of this control.}',
    `layers: ${layers}`,
    'cadence: change',
    'remediation: Change the input.',
    'since: "2026-01-01"',
    ...extra,
  ];
}
const named = (id: string): string[] => [`title: Policy ${id}`, `description: Policy ${id} of a test.`];

/** Metadata as the package annotation carries it. */
export function metadata(id: string, extra: readonly string[] = [], layers = '{ci: enforce}'): string {
  const lines = [
    ...named(id),
    'custom:',
    '  exhibit:',
    ...fields(id, extra, layers).map((line) => `    ${line}`),
  ];
  return `# METADATA\n${lines.map((line) => `# ${line}`).join('\n')}\n`;
}

/** Metadata in a `policy.yaml` beside a rule that stays as it is. */
export function sideFile(id: string, extra: readonly string[] = []): string {
  return `${[...named(id), ...fields(id, extra, '{ci: enforce}')].join('\n')}\n`;
}

const FRAMEWORK = `id: test
title: Test
version: "1"
source: a test
controls:
  - {id: one, title: One, summary: The only one., coverage: automated}
`;

/** A bundle that the real build makes of Rego modules by file name, unsigned. */
export async function bundleOf(files: Readonly<Record<string, string>>): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-bundle-'));
  try {
    const all = { 'exhibit.yaml': 'name: tests\n', 'frameworks/test.yaml': FRAMEWORK, ...files };
    for (const [name, text] of Object.entries(all)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const opa = await findOpa(process.env);
    const built = await buildBundle(folder, { opa, revision: 'test', revision_time: 1_700_000_000 });
    return openBundle(built.files, { keys: [], allowUnsigned: true });
  } finally {
    await rm(folder, { recursive: true });
  }
}
