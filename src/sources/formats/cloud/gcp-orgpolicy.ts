import { z } from 'zod';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { firstOf, listIn, objectOf, readParts, textOf } from '../unpack.ts';

const policy = z.looseObject({
  /** Version 1. */
  constraint: z.string().min(1).nullish(),
  booleanPolicy: z.looseObject({ enforced: z.boolean().nullish() }).nullish(),
  listPolicy: z.looseObject({}).nullish(),
  restoreDefault: z.looseObject({}).nullish(),
  updateTime: z.string().nullish(),
  /** Version 2: `organizations/1/policies/compute.requireOsLogin`. */
  name: z.string().min(1).nullish(),
  spec: z
    .looseObject({
      updateTime: z.string().nullish(),
      rules: z
        .array(z.looseObject({ enforce: z.boolean().nullish(), condition: z.looseObject({}).nullish() }))
        .nullish(),
    })
    .nullish(),
  dryRunSpec: z.looseObject({}).nullish(),
});
type Policy = z.infer<typeof policy>;

/** Organization policies as they are set: evidence that a guardrail stands, not that anything was judged by it. */
export const gcpOrgpolicy: Source = {
  id: 'gcp-orgpolicy',
  title: 'Google Cloud: list of organization policies',
  tool: 'gcp-org-policy',
  layer: 'runtime',
  population: 'all',
  reference: 'https://cloud.google.com/resource-manager/reference/rest/v1/organizations/listOrgPolicies',

  detect(sample: Sample) {
    const [first] = listIn(firstOf(sample), 'policies') ?? [];
    const each = objectOf(first?.value);
    if (/^constraints\//.test(String(each?.constraint))) return 'its policies name constraints/…';
    return /^(organizations|folders|projects)\/[^/]+\/policies\/[^/]+$/.test(String(each?.name)) &&
      each !== undefined &&
      ('spec' in each || 'dryRunSpec' in each)
      ? 'its policies have a name …/policies/… and a spec'
      : undefined;
  },

  read: (report: Report) =>
    readParts(report, (value) => listIn(value, 'policies') ?? [{ value }], policy, outcome),
};

function* outcome(value: Policy): Generator<Item> {
  const [owner, own] = (value.name ?? '').split('/policies/');
  const check = value.constraint?.replace(/^constraints\//, '') ?? own;
  if (check === undefined || check === '') {
    yield { type: 'problem', message: 'the policy has neither a constraint nor a name' };
    return;
  }
  const rules = value.spec?.rules ?? undefined;
  const enforced =
    value.booleanPolicy == null
      ? // A condition makes it hold for some resources only.
        rules?.length === 1 && rules[0]?.condition == null
        ? (rules[0]?.enforce ?? undefined)
        : undefined
      : value.booleanPolicy.enforced === true;
  yield {
    type: 'outcome',
    check,
    rule: 'in-force',
    subject: { type: 'organization policy', id: value.name ?? `constraints/${check}` },
    // Whether the values of a list, a condition or a default are the right ones, the list does not say.
    verdict: enforced === undefined ? 'not_evaluated' : enforced ? 'pass' : 'fail',
    message:
      enforced === undefined
        ? 'set, with values or conditions'
        : enforced
          ? 'enforced'
          : 'set, and not enforced',
    details: {
      set_on: textOf(owner),
      set_at: instantOf(value.updateTime ?? value.spec?.updateTime),
      values: value.listPolicy ?? undefined,
      rules,
      restore_default: value.restoreDefault == null ? undefined : true,
      dry_run_only: value.dryRunSpec != null && value.spec == null ? true : undefined,
    },
  };
}
