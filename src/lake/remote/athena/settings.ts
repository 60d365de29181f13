import { z } from 'zod';
import { ExhibitError } from '../../../record/index.ts';

export const athenaSchema = z.strictObject({
  workgroup: z.string().regex(/^[a-zA-Z0-9._-]{1,128}$/),
  /** The data source in Athena. */
  catalog: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .default('AwsDataCatalog'),
  region: z.string().min(1).optional(),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  /** Where results go, unless the workgroup says so itself. */
  output: z
    .string()
    .regex(/^s3:\/\//)
    .optional(),
});

export type AthenaSettings = z.input<typeof athenaSchema>;
export type CheckedAthena = z.output<typeof athenaSchema>;

/** @throws ExhibitError CONFIG_INVALID, naming the setting */
export function checkedAthena(settings: AthenaSettings): CheckedAthena {
  const parsed = athenaSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ExhibitError(
    'CONFIG_INVALID',
    `${issue?.path.join('.') ?? ''} of Athena: ${issue?.message ?? 'wrong'}`,
  );
}
