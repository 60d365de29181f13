import { z } from 'zod';
import { parseJsonFile } from '../../json-file.ts';
import type { Problem } from '../../types.ts';
import type { YamlFile } from '../../yaml-file.ts';
import type { Stack } from '../stack.ts';
import { checked, planeProblems, problemAt } from './plane.ts';

/** Longest service control policy in characters, white space left out ("Quotas for AWS Organizations"). */
export const SCP_LIMIT = 5_120;

const one = z.string().min(1);
const many = z.union([one, z.array(one).min(1)]);
const action = z
  .string()
  .regex(/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/, 'expected service:Action, such as s3:PutObject');
const actions = z.union([action, z.array(action).min(1)]);
const scalar = z.union([z.string(), z.boolean(), z.number()]);

const statement = z.strictObject({
  Sid: z
    .string()
    .regex(/^[A-Za-z0-9]*$/, 'expected letters and digits only')
    .optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: actions.optional(),
  NotAction: actions.optional(),
  Resource: many.optional(),
  NotResource: many.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.union([scalar, z.array(scalar).min(1)]))).optional(),
  // Known so that they can be refused with a reason.
  Principal: z.unknown().optional(),
  NotPrincipal: z.unknown().optional(),
});

const schema = z.strictObject({
  Version: z.literal('2012-10-17', 'expected 2012-10-17'),
  Id: one.optional(),
  Statement: z.array(statement).min(1),
});

/** Service control policies of AWS Organizations. Nothing judges them here: the accounts they are attached to do. */
export const scpStack: Stack = {
  style: 'scp',
  main: 'scp.json',
  examples: 'none',
  read(file, files) {
    const json = parseJsonFile(files, file);
    return { problems: checked(json, schema, 'scp', (value) => problemsOf(json, value)) };
  },
  lint: (policy) =>
    planeProblems(
      policy,
      'AWS Organizations',
      { enforce: true },
      'a service control policy denies or does not exist',
    ),
  test: async () => [],
};

function problemsOf(json: YamlFile, value: z.infer<typeof schema>): Problem[] {
  const out: Problem[] = [];
  const size = JSON.stringify(value).length;
  if (size > SCP_LIMIT)
    out.push(
      problemAt(
        json,
        [],
        'scp',
        `the policy has ${size} characters without white space; ${SCP_LIMIT} is the most`,
        'Split it.',
      ),
    );
  const sids = new Set<string>();
  for (const [i, each] of value.Statement.entries()) {
    const say = (key: string, message: string, hint?: string): void => {
      out.push(problemAt(json, ['Statement', i, key], 'scp', message, hint));
    };
    for (const key of ['Principal', 'NotPrincipal'] as const) {
      if (each[key] !== undefined)
        say(
          key,
          `a service control policy has no ${key}`,
          'It is for every principal of the account; use a condition on aws:PrincipalARN.',
        );
    }
    for (const [key, other] of [
      ['Action', 'NotAction'],
      ['Resource', 'NotResource'],
    ] as const) {
      if ((each[key] === undefined) === (each[other] === undefined))
        say(key, `a statement has ${key} or ${other}, one of them`);
    }
    if (each.Sid !== undefined && sids.has(each.Sid))
      say('Sid', `the Sid ${each.Sid} is taken by a statement before`);
    if (each.Sid !== undefined) sids.add(each.Sid);
  }
  return out;
}
