import { z } from 'zod';

/** Claims of a token that a grant asks for. */
export const claimsSchema = z
  .record(z.string(), z.string().min(1))
  .refine((claims) => Object.keys(claims).length > 0, 'name at least one claim')
  .describe('every one must match: `*` within a segment, `**` across');
