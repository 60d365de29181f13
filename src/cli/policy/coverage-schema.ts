import { z } from 'zod';
import { MODES, STRENGTHS } from '../../policy/index.ts';
import { LAYERS } from '../../record/index.ts';

const count = z.int().min(0);
const controls = z.array(z.string());
const coverage = z.enum(['automated', 'manual', 'not_mapped']);
const link = {
  policy_id: z.string(),
  strength: z.enum(STRENGTHS),
  rationale: z.string(),
};

/** `policy coverage -o json`, version 1, as published. */
export const coverageSchema = z.strictObject({
  schemaVersion: z.literal(1),
  day: z.string().describe('UTC day; links that are not in effect on it do not count'),
  frameworks: z.array(
    z.strictObject({
      framework: z.string(),
      title: z.string(),
      version: z.string(),
      total: count.describe('controls that the framework file lists'),
      automated: count,
      manual: count,
      not_mapped: count,
      by_strength: z
        .strictObject({ full: count, partial: count, supporting: count })
        .describe('of the automated ones, by their strongest link'),
      only_by_checks: controls.describe('automated by checks of other tools alone'),
      only_by_guardrails: controls.describe(
        'automated by guardrails of a cloud, and by no policy that Exhibit judges',
      ),
      layers: z.array(
        z
          .strictObject({ layer: z.enum(LAYERS), enforce: controls, warn: controls, observe: controls })
          .describe('each control once, under the strictest mode of its policies at this layer'),
      ),
      controls: z.array(
        z.strictObject({
          control: z.string(),
          title: z.string(),
          coverage: coverage.describe('as counted'),
          stated: coverage.describe('as the framework file says'),
          strength: z.enum(STRENGTHS).optional(),
          policies: z.array(
            z.strictObject({
              ...link,
              layers: z.partialRecord(z.enum(LAYERS), z.enum(MODES)),
              guardrail: z
                .boolean()
                .describe('judged by a cloud, where it was exported to, and not by Exhibit'),
            }),
          ),
          checks: z.array(z.strictObject({ tool: z.string(), ...link })),
          not_in_effect: count.describe('links whose days do not include this one'),
        }),
      ),
    }),
  ),
  problems: z
    .array(z.string())
    .describe('what could not be read: where there is any, the counts are not complete'),
});
