import { z } from 'zod';
import { AREAS, EFFECTS } from '../../policy/index.ts';

const count = z.int().min(0);
const side = z.strictObject({
  named: z.string().describe('as the command line named it'),
  kind: z.enum(['bundle', 'commit', 'folder']),
  revision: z.string(),
  digest: z.string().describe('of a bundle').optional(),
  policies: count,
});

/** `policy diff -o json`, version 1, as published. */
export const diffSchema = z.strictObject({
  schemaVersion: z.literal(1),
  old: side,
  new: side,
  changes: z.array(
    z.strictObject({
      area: z.enum(AREAS),
      id: z.string().describe('policy, check, framework or override; path of a file of rules'),
      kind: z.enum(['added', 'removed', 'changed']),
      effect: z.enum(EFFECTS).describe('weaker: less is refused or proven; unknown: somebody has to say'),
      words: z.string(),
    }),
  ),
  rules: z.string().describe('unified diff of the rules, where --rules asked for it').optional(),
  summary: z.strictObject({
    changes: count,
    weaker: count,
    unknown: count,
    policies: z.strictObject({ added: count, removed: count, changed: count }),
  }),
});

export type DiffReport = z.infer<typeof diffSchema>;
