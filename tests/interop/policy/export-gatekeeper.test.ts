import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { InputDocument } from '../../../src/inputs/index.ts';
import { type Bundle, type ExportManifest, findOpa, reviewInput } from '../../../src/policy/index.ts';
import { canonicalize } from '../../../src/record/index.ts';
import {
  agreed,
  corpus,
  difference,
  exported,
  key,
  ours,
  runTool,
  starterBundle,
  toolIsThere,
} from './export-corpus.ts';

const there = await toolIsThere('gator', ['--help']);

interface Result {
  msg: string;
  constraint: { metadata: { name: string } };
  violatingObject: unknown;
  metadata: { details: { subject?: string; verdict?: string } };
}

interface ObjectLike {
  kind?: string;
  request?: { operation?: string };
}

const isReview = ({ value }: InputDocument): boolean => (value as ObjectLike).kind === 'AdmissionReview';

/** The names of a document that no Kubernetes object lacks. */
const isObject = ({ kind, value }: InputDocument): boolean =>
  kind === 'kubernetes' && typeof (value as { metadata?: unknown }).metadata === 'object';

interface Template {
  spec: {
    crd: { spec: { names: { kind: string } } };
    targets: { code: { source: { version: string; rego: string; libs?: string[] } }[] }[];
  };
}

/** What a template says of itself: its modules, in files named by their content, since libraries stand in many templates. */
function modulesOf(template: Template): { kind: string; modules: Map<string, string> } {
  const { rego, libs = [], version } = template.spec.targets[0]?.code[0]?.source ?? { rego: '', version: '' };
  expect(version).toBe('v1');
  const texts = [rego, ...libs];
  return {
    kind: template.spec.crd.spec.names.kind,
    modules: new Map(texts.map((text) => [`${createHash('sha256').update(text).digest('hex')}.rego`, text])),
  };
}

describe('the export for Gatekeeper, in OPA on input as Gatekeeper gives it', () => {
  let folder: string;
  let manifest: ExportManifest;
  beforeAll(async () => {
    ({ folder, manifest } = await exported('gatekeeper'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const templateOf = (policy: string): Template =>
    parse(readFileSync(join(folder, 'templates', `${policy}.yaml`), 'utf8')) as Template;

  test('libraries stand below lib, and nothing refers to what is not there', () => {
    for (const policy of manifest.policies) {
      const { modules } = modulesOf(templateOf(policy));
      const packages = [...modules.values()].map((text) => /^package (.+)$/m.exec(text)?.[1] ?? '');
      expect(packages.filter((name) => !name.startsWith('lib.'))).toHaveLength(1);
      for (const text of modules.values())
        for (const [, name = ''] of text.matchAll(/^import data\.(\S+)/gm)) expect(packages).toContain(name);
    }
  });

  test('gives the verdicts of the engine on the examples of each policy and on files of other projects', {
    timeout: 600_000,
  }, async () => {
    const documents = corpus().filter(({ kind }) => kind === 'kubernetes');
    const { failing } = await ours(await starterBundle(), documents, 'admission');
    const work = join(folder, 'in-opa');
    await mkdir(work);
    const kinds = new Map<string, string>();
    for (const policy of manifest.policies) {
      const { kind, modules } = modulesOf(templateOf(policy));
      kinds.set(policy, kind.toLowerCase());
      for (const [name, text] of modules) await writeFile(join(work, name), text);
    }
    const asked = documents.flatMap(({ file }, i) =>
      manifest.policies
        .filter((policy) => file.includes(`/${policy}/examples/`) || !file.startsWith('policies/'))
        .map((policy) => ({ i, policy })),
    );
    const rules = asked.map(
      ({ i, policy }, n) =>
        `answers["${n}"] := found if {\n\tfound := {[one.details.subject, one.details.verdict] | some one in data.${kinds.get(policy)}.violation} with input as input.inputs[${i}]\n}\n`,
    );
    await writeFile(join(work, 'all.rego'), `package answers_of_all\n\n${rules.join('\n')}`);
    const inputs = documents.map(({ value }) => reviewInput(value, {}));
    const { path } = await findOpa(process.env);
    const args = ['eval', '-f', 'raw', '--stdin-input', '-d', '.', 'data.answers_of_all.answers'];
    const said = execFileSync(path, args, {
      cwd: work,
      input: JSON.stringify({ inputs }),
      maxBuffer: 1024 * 1024 * 1024,
    });
    const answers = JSON.parse(said.toString('utf8')) as Record<string, [string, string][]>;
    const different = asked.flatMap(({ i, policy }, n) => {
      const mine = new Set([...(failing[i] ?? [])].filter((one) => one.startsWith(`${policy} `)));
      const theirs = new Set(
        (answers[String(n)] ?? []).map(([subject, verdict]) => key(policy, subject, verdict)),
      );
      return difference(`${documents[i]?.file}`, mine, theirs);
    });
    expect(different).toEqual([]);
    const found = Object.values(answers).filter((list) => list.length > 0).length;
    agreed(
      `gatekeeper's input in OPA: ${documents.length} documents, ${manifest.policies.length} policies, ${asked.length} evaluations, ${found} with violations, ${different.length} differ`,
    );
    expect(found).toBeGreaterThan(50);
  });
});

describe.skipIf(!there)(
  `the export for Gatekeeper, in gator${there ? '' : ' (skipped: no gator found)'}`,
  () => {
    let folder: string;
    let manifest: ExportManifest;
    let bundle: Bundle;
    const documents = corpus();

    beforeAll(async () => {
      ({ folder, manifest } = await exported('gatekeeper'));
      bundle = await starterBundle();
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const carried = (all: Iterable<string>): string[] =>
      [...all].filter((one) => manifest.policies.includes(one.split(' ')[0] ?? ''));
    const total = () =>
      `${manifest.policies.length} of ${manifest.policies.length + manifest.left_out.length} policies`;

    test('gator test gives the same verdicts on every object of the corpus', {
      timeout: 900_000,
    }, async () => {
      const objects = documents.filter((document) => isObject(document) && !isReview(document));
      const { failing, judged } = await ours(bundle, objects, 'admission');
      await mkdir(join(folder, 'objects'));
      for (const [i, { value }] of objects.entries())
        await writeFile(join(folder, 'objects', `${i}.json`), JSON.stringify(value));
      const parts = ['templates', 'constraints', 'objects'].flatMap((part) => ['-f', join(folder, part)]);
      const { stdout } = await runTool('gator', ['test', '-o', 'json', ...parts], {
        maxBuffer: 1024 * 1024 * 1024,
      }).catch(
        // A violation ends it with exit code 1.
        (error: { stdout: string; stderr: string }) => {
          if (!error.stdout.startsWith('[')) throw new Error(error.stderr.slice(0, 4_000));
          return { stdout: error.stdout };
        },
      );
      const theirs = new Map<string, Set<string>>();
      for (const { constraint, violatingObject, metadata } of (JSON.parse(stdout) as Result[] | null) ?? []) {
        const { subject = '', verdict = '' } = metadata.details;
        const id = canonicalize(violatingObject);
        theirs.set(id, (theirs.get(id) ?? new Set()).add(key(constraint.metadata.name, subject, verdict)));
      }
      const different = objects.flatMap((document, i) =>
        difference(
          `${document.file}#${document.index}`,
          new Set(carried(failing[i] ?? [])),
          theirs.get(canonicalize(document.value)) ?? new Set(),
        ),
      );
      expect(different).toEqual([]);
      const all = judged.flat().filter(({ policy_id }) => manifest.policies.includes(policy_id));
      const said = (verdict: string) => all.filter((one) => one.verdict === verdict).length;
      agreed(
        `gator test: ${objects.length} objects, ${total()}, ${said('pass')} pass, ${said('fail')} fail, ${said('not_evaluated')} not_evaluated, ${different.length} differ`,
      );
      expect(said('pass')).toBeGreaterThan(100);
      expect(said('fail')).toBeGreaterThan(100);
    });

    test('gator verify gives the same number of violations on the reviews of each policy', {
      timeout: 900_000,
    }, async () => {
      const reviews = documents.filter(isReview);
      expect(reviews.length).toBeGreaterThan(20);
      const { judged } = await ours(bundle, reviews, 'admission');
      const count = (i: number, policy: string): number =>
        (judged[i] ?? [])
          .filter(
            ({ policy_id, verdict }) =>
              policy_id === policy && verdict !== 'pass' && verdict !== 'not_applicable',
          )
          .reduce(
            (sum, { details }) => sum + ((details?.violations as unknown[] | undefined)?.length ?? 1),
            0,
          );
      await mkdir(join(folder, 'suite'));
      for (const [i, { value }] of reviews.entries())
        await writeFile(join(folder, 'suite', `${i}.json`), JSON.stringify(value));
      // gator compiles a template anew for each case, so each policy gets the reviews of its own examples and those of others.
      const tests = manifest.policies
        .map((policy) => ({
          name: policy,
          template: `../templates/${policy}.yaml`,
          constraint: `../constraints/${policy}.yaml`,
          cases: reviews.flatMap(({ file }, i) =>
            file.includes(`/${policy}/examples/`) || !file.startsWith('policies/')
              ? [{ name: String(i), object: `${i}.json`, assertions: [{ violations: count(i, policy) }] }]
              : [],
          ),
        }))
        .filter(({ cases }) => cases.length > 0);
      const suite = {
        kind: 'Suite',
        apiVersion: 'test.gatekeeper.sh/v1alpha1',
        metadata: { name: 'corpus' },
        tests,
      };
      await writeFile(join(folder, 'suite', 'suite.yaml'), stringify(suite));
      const said = await runTool('gator', ['verify', join(folder, 'suite', 'suite.yaml')], {
        maxBuffer: 64 * 1024 * 1024,
      }).catch((error: { stdout: string; stderr: string }) => error);
      expect(said.stdout.split('\n').filter((line) => /FAIL|error/i.test(line))).toEqual([]);
      expect(said.stdout).toMatch(/^ok/m);
      const violations = tests.flatMap(({ cases }) =>
        cases.map(({ assertions }) => assertions[0]?.violations ?? 0),
      );
      agreed(
        `gator verify: ${reviews.length} reviews, ${total()}, ${violations.length} cases, ${violations.filter((one) => one > 0).length} with violations, 0 differ`,
      );
    });
  },
);
