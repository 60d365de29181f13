import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalize, type Digest, formatDigest, isExhibitError } from '../../../record/index.ts';
import { requestInvalid } from '../../http/reply.ts';

const name = z.string().min(1).max(256);

/** What an agent wants to do. Its digest is over exactly these fields. */
const fields = {
  tool: name,
  arguments: z.record(z.string(), z.json()),
  agent: name,
  session: name,
  ai_system: name
    .describe('the AI system that the agent is part of, by the id of its registration')
    .optional(),
  subject: name.describe('for whom the agent acts, by its own word').optional(),
};

export const actionSchema = z.strictObject({
  ...fields,
  approval: z.uuid().describe('id of the approval that is to be used').optional(),
});
export type Asked = z.infer<typeof actionSchema>;

export interface Action {
  tool: string;
  arguments: Record<string, unknown>;
  agent: string;
  session: string;
  subject?: string;
  ai_system?: string;
}

export const answerSchema = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .describe('of the action that was looked at'),
  reason: z.string().min(1).max(2_000),
});

export const outcomeSchema = z.strictObject({
  outcome: z.enum(['performed', 'failed']),
  message: z.string().max(2_000).optional(),
});

export function actionOf({ tool, arguments: given, agent, session, subject, ai_system }: Asked): Action {
  return {
    ...{ tool, arguments: given, agent, session },
    ...(subject === undefined ? {} : { subject }),
    ...(ai_system === undefined ? {} : { ai_system }),
  };
}

/**
 * SHA-256 of the action's canonical JSON: the same action has the same digest whoever writes it.
 * @throws ExhibitError REQUEST_INVALID for a number or text that has no canonical form
 * @see RFC 8785
 */
export function digestOfAction(action: Action): Digest {
  try {
    return formatDigest(createHash('sha256').update(canonicalize(action)).digest());
  } catch (error) {
    if (!isExhibitError(error)) throw error;
    throw requestInvalid(`the action has no canonical form: ${error.message}`, 'Send such a number as text.');
  }
}
