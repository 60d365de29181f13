import { z } from 'zod';
import { SEVERITIES } from '../../../record/index.ts';
import { CONTROLLERS } from './accounts.ts';

const text = z.string().min(1);
const place = z
  .string()
  .regex(/^(?:\/[^/]+)+$/, 'expected a JSON pointer such as /spec/replicas; `*` is any one segment');
const kinds = z.array(text).min(1).default(['**']).describe('kinds of objects, such as Deployment');

const mutationSchema = z.strictObject({
  kinds,
  path: place.describe('a place that may be added; with /** at its end also all below it'),
  change: z.boolean().default(false).describe('what the manifest says there may also be changed'),
  accounts: z
    .array(text)
    .min(1)
    .describe('only asked for by these users (`**` is any text), or when it stood there before')
    .optional(),
  values: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1)
    .describe('only these values')
    .optional(),
});

const injectedSchema = z.strictObject({
  kinds,
  list: place.describe('a list such as /spec/containers'),
  name: text.describe('name of the item; `*` within a segment'),
  image: text.describe('its image: `*` within a segment, `**` across').optional(),
});

const controllerSchema = z.strictObject({
  account: text.describe('user name by which a controller asks'),
  owner: text.describe('kind of the object that it acts for, as apps/Deployment'),
  makes: z.array(text).min(1).describe('kinds that it makes of it'),
});

const registrySchema = z.strictObject({
  host: z.string().regex(/^[\w.-]+(:\d+)?$/, 'expected a host'),
  insecure: z.boolean().default(false).describe('without TLS; only of a registry on this machine'),
});

const serverSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  token_file: text.describe('what is shown to it (default: EXHIBIT_TOKEN)').optional(),
  milliseconds: z.int().positive().max(10_000).default(2_000).describe('longest wait for it'),
});

/** Which passes of the gate count at admission, and where they are looked for. */
export const attestationsSchema = z.strictObject({
  keys: z.array(text).min(1).describe('public keys (PEM files) of the gates; one must have signed'),
  lineage: text
    .describe(
      'policy repository whose bundle judged in the gate (default: that of the bundle that judges here)',
    )
    .optional(),
  serial: z
    .union([z.literal('in-force'), z.int().nonnegative()])
    .describe('oldest policies that count: their commit time in Unix seconds, or those that judge here')
    .optional(),
  max_age_hours: z.number().positive().describe('most hours since the gate passed').optional(),
  fail_on: z
    .enum([...SEVERITIES, 'any'])
    .default('high')
    .describe('a violation of this severity must have blocked in the gate'),
  ledger_days: z
    .int()
    .min(0)
    .max(366)
    .default(30)
    .describe('how far back attestations in the evidence are looked for; 0: not there'),
  server: serverSchema
    .describe('another server, in whose evidence they are looked for; https, but on this machine')
    .optional(),
  registries: z
    .array(registrySchema)
    .default([])
    .describe('registries that are asked for what lies beside an image'),
  registry_milliseconds: z
    .int()
    .positive()
    .max(10_000)
    .default(2_000)
    .describe('longest wait for a registry'),
  mutations: z.array(mutationSchema).default([]).describe('what others may write into objects'),
  injected: z.array(injectedSchema).default([]).describe('items that others may put into lists'),
  controllers: z
    .array(controllerSchema)
    .default(CONTROLLERS)
    .describe('controllers whose objects are judged by their owner'),
});

export type AttestationsSetting = z.infer<typeof attestationsSchema>;
export type MutationSetting = z.infer<typeof mutationSchema>;
export type InjectedSetting = z.infer<typeof injectedSchema>;
export type ControllerSetting = z.infer<typeof controllerSchema>;
