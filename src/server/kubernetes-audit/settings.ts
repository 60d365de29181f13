import { z } from 'zod';

const text = z.string().min(1);

/** How the server takes what an API server writes into its audit log. */
export const kubernetesAuditSchema = z.strictObject({
  bundle: text
    .describe('name of the bundle whose control map and overrides hold (default: the first)')
    .optional(),
  environment: text.max(256).describe('environment of the cluster, for subjects that state none').optional(),
  cluster: text
    .max(256)
    .describe('name that tells the cluster from others, as the watcher has it')
    .optional(),
  batch_bytes: z
    .int()
    .positive()
    .default(16 * 1024 * 1024)
    .describe(
      'longest batch; an API server that is to keep below it cuts long events (--audit-webhook-truncate-enabled) and sends fewer at once (--audit-webhook-batch-max-size)',
    ),
});

export type KubernetesAuditSetting = z.infer<typeof kubernetesAuditSchema>;
