import { z } from 'zod';
import { isObject, LAYERS, SEVERITIES } from '../record/index.ts';
import {
  commonFields,
  INPUT_KINDS,
  isDay,
  MODES,
  metadataFields,
  REGO_STYLES,
  STACK_STYLES,
  STRENGTHS,
} from './schema.ts';

const text = z.string();
const stated = { title: text, description: text, file: text.min(1) };

/** A policy as it stands in a bundle, in full. */
export const fullPolicySchema = z.discriminatedUnion('style', [
  z.strictObject({ ...metadataFields, ...stated, style: z.enum(REGO_STYLES), package: text.min(1) }),
  z.strictObject({
    ...commonFields,
    ...stated,
    style: z.enum(STACK_STYLES),
    files: z.array(text.min(1)).min(1),
  }),
]);
type ReadPolicy = z.infer<typeof fullPolicySchema>;

/** As `fullPolicySchema`, by the quick look where that suffices: the schema takes most of the time in which a bundle is read. */
export const policySchema = z.unknown().transform((value, context): ReadPolicy => {
  if (quickPolicy(value)) return value;
  const parsed = fullPolicySchema.safeParse(value, { jitless: true });
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues)
    context.issues.push({ code: 'custom', path, message, input: value });
  return z.NEVER;
});

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check>>;

const oneOf = (values: readonly string[]): Check => {
  const all: ReadonlySet<unknown> = new Set(values);
  return (value) => all.has(value);
};
const pattern =
  (form: RegExp, most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= most && form.test(value);
/** The schema would cut white space off: then it is its turn. */
const trimmed =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' && value !== '' && value.length <= most && value === value.trim();
const list =
  (check: Check, least = 0): Check =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.every(check);
/** All of these fields and no other. */
const exactly = (fields: Fields): Check => {
  const checks = Object.entries(fields);
  return (value) =>
    isObject(value) &&
    Object.keys(value).length === checks.length &&
    checks.every(([name, check]) => Object.hasOwn(value, name) && check(value[name]));
};
const string: Check = (value) => typeof value === 'string';
const filled: Check = (value) => typeof value === 'string' && value !== '';
const isMode = oneOf(MODES);
const isLayer = oneOf(LAYERS);

/** A field that is not here, such as `rollout`, leaves the policy to the schema. */
const COMMON: Fields = {
  id: pattern(/^[a-z0-9]+(-[a-z0-9]+)*$/, 128),
  title: string,
  description: string,
  file: filled,
  severity: oneOf(SEVERITIES),
  owner: trimmed(256),
  controls: list(
    exactly({
      control: pattern(/^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9().-]*$/, 128),
      rationale: trimmed(4_096),
      strength: oneOf(STRENGTHS),
    }),
    1,
  ),
  layers: (value) =>
    isObject(value) &&
    Object.keys(value).length > 0 &&
    Object.entries(value).every(([layer, mode]) => isLayer(layer) && isMode(mode)),
  cadence: pattern(/^(?:change|P\d+[DWMY]|PT\d+[HM])$/, 16),
  remediation: trimmed(4_096),
  since: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value),
  inputs: list(oneOf(INPUT_KINDS)),
  redact: list((value) => typeof value === 'string' && value.startsWith('$')),
};
const isRego = exactly({ ...COMMON, style: oneOf(REGO_STYLES), package: filled });
const isStack = exactly({ ...COMMON, style: oneOf(STACK_STYLES), files: list(filled, 1) });

/** True for a usual policy, which the schema would give as it is. False says nothing. @param value of JSON */
export function quickPolicy(value: unknown): value is ReadPolicy {
  return isRego(value) || isStack(value);
}
