import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cedarReference } from '../../../src/inputs/index.ts';
import { terraformGuardrails } from '../../../src/policy/export/terraform-guardrails.ts';
import { verifiedPermissions } from '../../../src/policy/export/verified-permissions.ts';
import { type CedarRequest, cedarDecider, cedarSet, type StackPolicy } from '../../../src/policy/index.ts';
import { readTests } from '../../../src/policy/stacks/cedar/tests.ts';
import { cedar } from '../../../src/policy/stacks/cedar/wasm.ts';
import { readStacks } from '../../../src/policy/stacks/read.ts';
import { isExhibitError } from '../../../src/record/index.ts';

/** Another implementation of Cedar, in Go, by its authors; and the language of Terraform by its own. */
const MODULES = ['github.com/cedar-policy/cedar-go v1.9.1', 'github.com/hashicorp/hcl/v2 v2.24.0'];

const work = mkdtempSync(join(tmpdir(), 'exhibit-cedar-'));
afterAll(() => rmSync(work, { recursive: true }));

function prepare(): string {
  if (spawnSync('go', ['version']).status !== 0) return 'Go is not installed';
  copyFileSync(new URL('cedar-hcl.go.txt', import.meta.url), join(work, 'main.go'));
  const needed = MODULES.map((module) => `require ${module}\n`).join('\n');
  writeFileSync(join(work, 'go.mod'), `module oracle\n\ngo 1.22\n\n${needed}`);
  const built = spawnSync('go', ['build', '-mod=mod', '-o', 'oracle', '.'], { cwd: work, encoding: 'utf8' });
  return built.status === 0 ? '' : `${MODULES.join(', ')} could not be built: ${built.stderr}`;
}
const reason = prepare();
if (reason !== '' && process.env.CI === 'true') throw new Error(reason);

const ask = (command: string, input: unknown): unknown =>
  JSON.parse(
    execFileSync(join(work, 'oracle'), [command], {
      input: JSON.stringify(input),
      maxBuffer: 2 ** 28,
    }).toString(),
  );

const root = join(import.meta.dirname, '../../../policies');
const files = new Map(
  readdirSync(join(root, 'policies'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(root, path), readFileSync(path)]),
);
const { policies, problems } = await readStacks(files, ['policies']);
const sets = policies.filter(({ style }) => style === 'cedar');

/** The requests of a set's tests, and each with a part changed or left out: principal, resource, action, context, entities. */
function requestsOf(policy: StackPolicy): CedarRequest[] {
  const { tests } = readTests(files, `${dirname(policy.file)}/tests.json`);
  const asked = tests.map(({ request, entities }) => ({ ...request, entities }));
  const all = <K extends 'principal' | 'resource' | 'action'>(key: K) => [
    ...new Set(asked.map((request) => JSON.stringify(request[key]))),
  ];
  return asked.flatMap((request) => [
    request,
    ...(['principal', 'resource', 'action'] as const).flatMap((key) =>
      all(key).map((value) => ({ ...request, [key]: JSON.parse(value) as unknown })),
    ),
    ...Object.keys(request.context).map((left) => ({
      ...request,
      context: Object.fromEntries(Object.entries(request.context).filter(([key]) => key !== left)),
    })),
    ...request.entities.map((_, left) => ({
      ...request,
      entities: request.entities.filter((_entity, i) => i !== left),
    })),
  ]);
}

/** Actions with the groups that the schema puts them in: another implementation is given no schema. */
function actionsOf(schema: string): unknown[] {
  const answer = cedar().schemaToJsonWithResolvedTypes(schema);
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
  return Object.entries(answer.json).flatMap(([namespace, { actions }]) =>
    Object.entries(actions).map(([id, { memberOf = [] }]) => ({
      uid: { type: `${namespace}::Action`, id },
      attrs: {},
      parents: memberOf.map((group) => ({ type: group.type ?? `${namespace}::Action`, id: group.id })),
    })),
  );
}

const answers = z.array(
  z.object({ decision: z.string(), reason: z.array(z.string()), errors: z.array(z.string()) }),
);

describe.skipIf(reason !== '')(`other implementations${reason === '' ? '' : ` (skipped: ${reason})`}`, () => {
  it('the library has Cedar policies without a problem', () => {
    expect(problems).toEqual([]);
    expect(sets.length).toBeGreaterThanOrEqual(4);
  });

  it.each(sets)('cedar-go decides as we do: $id', (policy) => {
    const set = cedarSet(policy, files);
    const decider = cedarDecider(set);
    const ids = Object.keys(set.statements);
    const ours = requestsOf(policy).flatMap((request) => {
      try {
        return [{ request, said: decider.decide(request) }];
      } catch (error) {
        // It does not fit the schema, which the other one does not look at.
        if (!isExhibitError(error, 'ENGINE_ERROR')) throw error;
        return [];
      }
    });
    const theirs = answers.parse(
      ask(
        'cedar',
        ours.map(({ request }) => ({
          policies: Object.values(set.statements).join('\n'),
          principal: cedarReference(request.principal),
          action: cedarReference(request.action),
          resource: cedarReference(request.resource),
          context: request.context ?? {},
          entities: unique([
            ...set.entities,
            ...actionsOf(set.schema),
            ...((request.entities ?? []) as unknown[]),
          ]),
        })),
      ),
    );
    const named = (list: readonly string[]) =>
      list.map((id) => ids[Number(id.slice('policy'.length))]).sort();
    expect(theirs.map(({ decision, reason, errors }) => [decision, named(reason), named(errors)])).toEqual(
      ours.map(({ said }) => [
        said.decision,
        said.determining,
        said.errors.map(({ statement }) => statement).sort(),
      ]),
    );
    console.log(
      `${policy.id}: ${ours.length} requests, ${ours.filter(({ said }) => said.decision === 'allow').length} allowed`,
    );
    expect(ours.length).toBeGreaterThan(50);
  });

  it('what is exported as Terraform parses, and is formatted as terraform fmt formats', () => {
    const exported = [verifiedPermissions({ policies, files }), terraformGuardrails({ policies, files })];
    const texts = exported.flatMap((one) =>
      [...one]
        .filter(([path]) => path.endsWith('.tf'))
        .map(([, bytes]) => Buffer.from(bytes).toString('utf8')),
    );
    expect(texts).toHaveLength(5);
    const schema = z.array(z.object({ text: z.string(), problems: z.array(z.string()) }));
    expect(schema.parse(ask('hcl', texts))).toEqual(texts.map((text) => ({ text, problems: [] })));
  });
});

/** One entity twice is refused where they differ; the same one twice the other implementation takes as one. */
function unique(entities: readonly unknown[]): unknown[] {
  return [
    ...new Map(entities.map((entity) => [JSON.stringify((entity as { uid: unknown }).uid), entity])).values(),
  ];
}
