import { z } from 'zod';

/** Answers of a server, as far as they are read. What is none of these is no allow. */
const reasons = z.array(z.object({ policy_id: z.string(), message: z.string().optional() })).default([]);
const base = { id: z.string(), digest: z.string() };

export const actionAnswer = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('allow'), ...base, approval: z.object({ id: z.string() }).optional() }),
  z.object({ decision: z.literal('deny'), ...base, reasons }),
  z.object({
    decision: z.literal('require-approval'),
    ...base,
    reasons,
    approval: z.object({ id: z.string(), expires: z.string() }),
  }),
]);
export type ActionAnswer = z.infer<typeof actionAnswer>;
export type Waiting = Extract<ActionAnswer, { decision: 'require-approval' }>;

export const approvalAnswer = z.object({
  status: z.enum(['pending', 'approved', 'denied', 'used', 'expired']),
});

export const errorAnswer = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() });
