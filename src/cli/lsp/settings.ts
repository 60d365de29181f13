import { z } from 'zod';

/**
 * What an editor may set, as `initializationOptions` or under `exhibit` in its configuration. Bundle and keys mean what they mean for
 * `exhibit check`, relative to the workspace folder.
 */
export const settingsSchema = z
  .strictObject({
    bundle: z.string().min(1).describe('signed bundle to judge with').optional(),
    bundleKeys: z
      .array(z.string().min(1))
      .min(1)
      .describe('public keys of which one must have signed the bundle')
      .optional(),
    maxInputSize: z.int().positive().describe('largest file that is judged, in bytes').optional(),
    policyPage: z
      .string()
      .regex(/^https?:\/\/[^\s]*\{id\}/, 'expected an http(s) URL with {id} in it')
      .describe('page of a policy, with {id} for its id')
      .optional(),
  })
  .describe('settings of exhibit lsp');

export type Settings = z.infer<typeof settingsSchema>;

/** Known only to the extension of an editor: which program it starts. */
const OF_THE_EXTENSION = new Set(['path', 'trace']);

/**
 * Settings as a client sent them; an editor may send null, and empty values for what nobody set.
 * @returns in words what is wrong with them
 */
export function readSettings(value: unknown): Settings | string {
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const set = Object.entries(given).filter(
    ([key, each]) =>
      !OF_THE_EXTENSION.has(key) &&
      each !== null &&
      each !== '' &&
      !(Array.isArray(each) && each.length === 0) &&
      each !== 0,
  );
  const parsed = settingsSchema.safeParse(Object.fromEntries(set));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.join('.') ?? '';
  return `${key === '' ? '' : `${key}: `}${issue?.message ?? 'wrong'}; settings: ${Object.keys(settingsSchema.shape).join(', ')}`;
}
