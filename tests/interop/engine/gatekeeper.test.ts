import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createEngine } from '../../../src/engine/index.ts';
// Not part of the engine's contract: the real opa, bundles and documents for tests.
import { bundleOf, sideFile } from '../../../src/engine/testing/bundles.ts';
import { documentOf } from '../../../src/engine/testing/documents.ts';
import { opaEval } from '../../../src/engine/testing/opa.ts';
import { reviewInput } from '../../../src/policy/index.ts';

const folder = '../shared/fixtures/gatekeeper';
const present = existsSync(join(folder, 'template.yaml'));

interface Template {
  spec: { targets: { code: { engine: string; source: { rego?: string } }[] }[] };
}
interface Constraint {
  spec: { parameters: Record<string, unknown> };
}

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bare' } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ok', labels: { owner: 'ann.agilebank.demo' } } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'wrong', labels: { owner: 'ann@elsewhere' } } },
];

describe.skipIf(!present)(
  `Gatekeeper templates, unchanged${present ? '' : ' (skipped: shared fixtures are not beside the checkout)'}`,
  () => {
    const read = <T>(name: string): T => parse(readFileSync(join(folder, name), 'utf8')) as T;

    test.each([
      ['with a message of the constraint', true],
      ['with the message of the template', false],
    ])('a template %s judges as the real opa does', async (_name, withMessage) => {
      const template = read<Template>('template.yaml');
      const { message, ...rest } = read<Constraint>('owner_must_be_provided.yaml').spec.parameters;
      const parameters = withMessage ? { message, ...rest } : rest;
      const rego = template.spec.targets[0]?.code.find(({ engine }) => engine === 'Rego')?.source.rego ?? '';
      expect(rego).toContain('violation[');
      const extra = [
        'style: gatekeeper',
        'inputs: [kubernetes]',
        `parameters: ${JSON.stringify(parameters)}`,
      ];
      const side = sideFile('labels', extra);
      const bundle = await bundleOf({ 'policies/g/policy.rego': rego, 'policies/g/policy.yaml': side });
      const engine = await createEngine(bundle, { clock: () => 0 });
      const verdicts = [];
      for (const object of OBJECTS) {
        const [ours] = await engine.judge(documentOf('kubernetes', object), 'ci');
        const real = (await opaEval(
          'data.k8srequiredlabels.violation',
          { 'g.rego': rego },
          reviewInput(object, parameters),
          ['--v0-compatible'],
        )) as { msg: string }[];
        expect(ours?.verdict).toBe(real.length === 0 ? 'pass' : 'fail');
        expect(ours?.message).toBe(real[0]?.msg);
        verdicts.push(ours?.verdict);
      }
      expect(verdicts).toEqual(['fail', 'pass', 'fail']);
      await engine.close();
    });
  },
);
