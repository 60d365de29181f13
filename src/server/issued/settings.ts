import { z } from 'zod';

const text = z.string().min(1);
const DAY = 86_400_000;

/** Certificates that the server makes itself, for callers that are given its authority: the API server of a cluster. */
export const issuedSchema = z.strictObject({
  folder: text.describe('the authority and bundle.pem; replicas share it'),
  names: z
    .array(text.max(253).regex(/^[a-z0-9.:-]+$/i, 'expected DNS names and addresses'))
    .min(1)
    .max(100)
    .describe('by which the server is asked: exhibit.exhibit.svc'),
  authority_days: z.number().positive().max(3_650).default(365),
  leaf_days: z.number().positive().max(398).default(30).describe('renewed after two thirds of it'),
  overlap_days: z
    .number()
    .positive()
    .default(14)
    .describe('a new authority is in bundle.pem so long before it signs: callers must have it by then'),
  webhook: z
    .strictObject({
      configuration: text.max(253).describe('name of the ValidatingWebhookConfiguration'),
      kubeconfig: text
        .describe('how its API server is reached (default: as the service account of the pod)')
        .optional(),
      context: text.describe('of the kubeconfig (default: its current one)').optional(),
    })
    .describe(
      'keep caBundle of this configuration; it must have the annotation of `exhibit admission webhook --keep-ca`',
    )
    .optional(),
});

export type IssuedSetting = z.infer<typeof issuedSchema>;

export interface Spans {
  authority: number;
  leaf: number;
  overlap: number;
}

/** Milliseconds. */
export function spansOf({ authority_days, leaf_days, overlap_days }: IssuedSetting): Spans {
  return { authority: authority_days * DAY, leaf: leaf_days * DAY, overlap: overlap_days * DAY };
}
