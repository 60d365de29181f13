import { z } from 'zod';
import { applicabilitySchema, auditReportSchema, driftSchema, REPORTS } from '../../audit/index.ts';

/** `report NAME -o json`, version 1, as published. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.enum(REPORTS),
  report: auditReportSchema,
  drift: driftSchema.exactOptional(),
  applicability: applicabilitySchema.extend({ digest: z.string() }).exactOptional(),
  exit_code: z.int(),
});
