import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Judgement } from '../../../src/engine/index.ts';
import type { InputDocument } from '../../../src/inputs/index.ts';
import { type ExportManifest, findOpa } from '../../../src/policy/index.ts';
import { agreed, corpus, exported, ours, starterBundle } from './export-corpus.ts';

/** As Trivy gives a manifest to a check: each object with its place in it. */
function shaped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shaped);
  if (typeof value !== 'object' || value === null) return value;
  const place = { startline: 1, endline: 2, filepath: 'a.yaml' };
  return {
    __defsec_metadata: place,
    ...Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shaped(item)])),
  };
}

const typeOf = ({ kind }: InputDocument): string => (kind === 'terraform-plan' ? 'json' : kind);

/** All that Exhibit says of one policy, as Trivy would print it. */
function messages({ verdict, message = '', details }: Judgement): string[] {
  const all = (details?.violations as { message: string }[] | undefined)?.map((one) => one.message) ?? [
    message,
  ];
  return verdict === 'not_evaluated' ? all.map((text) => `Not evaluated: ${text}`) : all;
}

// Not Trivy itself, which takes long to build: its input, its syntax of Rego and its choice of checks.
describe('the export for Trivy, in OPA on input as Trivy shapes it', () => {
  let folder: string;
  let manifest: ExportManifest;
  const documents = corpus();

  beforeAll(async () => {
    ({ folder, manifest } = await exported('trivy'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('gives the messages of the engine on the examples of each policy and on files of other projects', {
    timeout: 600_000,
  }, async () => {
    const { judged } = await ours(await starterBundle(), documents, 'ci');
    const checks = Object.keys(manifest.files).filter((path) => path.startsWith('checks/'));
    const asked = documents.flatMap((document, i) =>
      checks
        .map((path) => /^checks\/(.+)-(json|yaml|kubernetes)\.rego$/.exec(path) ?? [])
        // Each check on the examples of its policy and on the files of others: all on all would take minutes.
        .filter(
          ([, policy, type]) =>
            type === typeOf(document) &&
            (document.file.includes(`/${policy}/examples/`) || !document.file.startsWith('policies/')),
        )
        .map(([, policy = '', type = '']) => ({ i, policy, name: `${policy.replaceAll('-', '_')}_${type}` })),
    );
    const rules = asked.map(
      ({ i, name }, n) =>
        `answers["${n}"] := found if {\n\tfound := {one.msg | some one in data.user.exhibit.${name}.deny} with input as input.inputs[${i}]\n}\n`,
    );
    await writeFile(
      join(folder, 'all.rego'),
      `package answers_of_all\n\nimport rego.v1\n\n${rules.join('\n')}`,
    );
    const inputs = documents.map((one) => (one.kind === 'kubernetes' ? shaped(one.value) : one.value));
    const { path } = await findOpa(process.env);
    const data = ['checks', 'libraries', 'all.rego'].flatMap((part) => ['-d', part]);
    const said = execFileSync(
      path,
      ['eval', '--v0-compatible', '-f', 'raw', '--stdin-input', ...data, 'data.answers_of_all.answers'],
      { cwd: folder, input: JSON.stringify({ inputs }), maxBuffer: 1024 * 1024 * 1024 },
    );
    const answers = JSON.parse(said.toString('utf8')) as Record<string, string[]>;
    const different = asked.flatMap(({ i, policy }, n) => {
      const mine = (judged[i] ?? [])
        .filter(
          ({ policy_id, verdict }) =>
            policy_id === policy && verdict !== 'pass' && verdict !== 'not_applicable',
        )
        .flatMap(messages);
      const [a, b] = [[...new Set(mine)].sort(), [...(answers[String(n)] ?? ['undefined'])].sort()];
      return JSON.stringify(a) === JSON.stringify(b) ? [] : [`${documents[i]?.file}: ${policy}: ${a} | ${b}`];
    });
    expect(different).toEqual([]);
    const failing = Object.values(answers).filter((list) => list.length > 0).length;
    agreed(
      `trivy's input in OPA: ${documents.length} documents, ${manifest.policies.length} of ${manifest.policies.length + manifest.left_out.length} policies, ` +
        `${checks.length} checks, ${asked.length} evaluations, ${failing} with results, ${different.length} differ`,
    );
    expect(failing).toBeGreaterThan(100);
  });
});
