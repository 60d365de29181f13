import { z } from 'zod';

const texts = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

/** A statement as IAM defines it; a member that IAM does not know is refused. */
const statementSchema = z
  .strictObject({
    Sid: z
      .string()
      .regex(/^[A-Za-z0-9]+$/)
      .optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Principal: z
      .union([z.literal('*'), z.partialRecord(z.enum(['AWS', 'Service', 'Federated']), texts)])
      .optional(),
    Action: texts.optional(),
    NotAction: texts.optional(),
    Resource: texts.optional(),
    NotResource: texts.optional(),
    Condition: z.record(z.string(), z.record(z.string(), texts)).optional(),
  })
  .refine(({ Action, NotAction }) => (Action === undefined) !== (NotAction === undefined));

export const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(statementSchema).min(1),
});

export type Statement = z.output<typeof statementSchema>;
export type Policy = z.output<typeof policySchema>;

/** Reads a policy. @throws ZodError for what IAM would not take, as far as the grammar says it */
export function policyOf(text: unknown): Policy {
  const policy = policySchema.parse(JSON.parse(z.string().parse(text)));
  const sids = policy.Statement.flatMap(({ Sid }) => (Sid === undefined ? [] : [Sid]));
  if (new Set(sids).size !== sids.length) throw new Error(`a Sid is there twice: ${sids.join(', ')}`);
  return policy;
}
