import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CedarRequest, cedarDecider } from './decide.ts';
import type { CedarSet } from './set.ts';
import { statementsOf } from './statements.ts';
import { validationProblems } from './validate.ts';
import { CEDAR_VERSION, cedar, withCedar } from './wasm.ts';

// Cedar's own integration tests, with the decisions that its authors wrote down.
const root = join(import.meta.dirname, 'testdata', 'integration-tests');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const testSchema = z.object({
  policies: z.string(),
  entities: z.string(),
  schema: z.string(),
  shouldValidate: z.boolean(),
  requests: z
    .array(
      z.object({
        description: z.string(),
        principal: z.unknown(),
        action: z.unknown(),
        resource: z.unknown(),
        context: z.record(z.string(), z.unknown()),
        validateRequest: z.boolean().default(true),
        decision: z.enum(['allow', 'deny']),
        reason: z.array(z.string()),
        errors: z.array(z.string()),
      }),
    )
    .min(1),
});

const files = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.json'))
  .sort();
const cases = files.map((path) => ({ path, ...testSchema.parse(JSON.parse(read(`tests/${path}`))) }));

function setOf({ path, policies, entities, schema }: (typeof cases)[number]): CedarSet {
  const parsed = statementsOf(read(policies));
  if ('errors' in parsed) throw new Error(parsed.errors[0]?.message);
  return {
    id: path,
    statements: Object.fromEntries(parsed.statements.map(({ text }, i) => [`policy${i}`, text])),
    schema: read(schema),
    entities: JSON.parse(read(entities)) as unknown[],
  };
}

it('is judged by the version of Cedar that records state', () => {
  expect(cedar().getCedarSDKVersion()).toBe(CEDAR_VERSION);
});

it('a module that was ended in the middle is not used again', () => {
  const [test = expect.fail('no case')] = cases;
  const decider = cedarDecider(setOf(test));
  const request = test.requests[0] as CedarRequest;
  expect(decider.decide(request).decision).toBe('allow');
  const before = cedar();
  const trap = Object.assign(new Error('unreachable'), { name: 'RuntimeError' });
  expect(() =>
    withCedar(() => {
      throw trap;
    }),
  ).toThrow('unreachable');
  expect(withCedar(() => decider.decide(request).decision)).toBe('allow');
  expect(cedar()).not.toBe(before);
});

it('holds 22 policy sets with 74 requests', () => {
  expect([cases.length, cases.flatMap(({ requests }) => requests).length]).toEqual([22, 74]);
});

describe.each(cases)('$path', (test) => {
  it(test.shouldValidate ? 'validates' : 'does not validate', () => {
    const { policies, schema } = test;
    const parsed = statementsOf(read(policies));
    const problems = validationProblems({
      file: policies,
      text: read(policies),
      schemaFile: schema,
      schema: read(schema),
      statements: 'errors' in parsed ? [] : parsed.statements,
    });
    expect(problems.every(({ severity }) => severity === 'warning')).toBe(test.shouldValidate);
  });

  it.each(test.requests)('$description', ({ decision, reason, errors, ...request }) => {
    const said = cedarDecider(setOf(test)).decide(request as CedarRequest);
    expect({ ...said, errors: said.errors.map(({ statement }) => statement) }).toEqual({
      decision,
      determining: reason.toSorted(),
      errors: errors.toSorted(),
    });
  });
});
