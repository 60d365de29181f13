import { z } from 'zod';
import {
  aiActSchema,
  applicabilitySchema,
  auditReportSchema,
  driftSchema,
  engagementLineSchema,
  openFindingSchema,
  REPORTS,
} from '../../audit/index.ts';

/** `report NAME -o json`, version 1, as published. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.enum(REPORTS),
  report: auditReportSchema,
  drift: driftSchema.exactOptional(),
  ai_act: aiActSchema.exactOptional(),
  applicability: applicabilitySchema.extend({ digest: z.string() }).exactOptional(),
  findings: z.array(openFindingSchema).describe('open now: of the views').exactOptional(),
  engagements: z.array(engagementLineSchema).exactOptional(),
  exit_code: z.int(),
});
