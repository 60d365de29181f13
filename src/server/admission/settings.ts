import { z } from 'zod';
import { attestationsSchema } from './attested/settings.ts';

const text = z.string().min(1);

/** How the server judges what a Kubernetes API server is about to admit. */
export const admissionSchema = z.strictObject({
  bundle: text.describe('name of the bundle that judges (default: the first)').optional(),
  environment: text.max(256).describe('environment of the cluster, for subjects that state none').optional(),
  cluster: text
    .max(256)
    .describe('name that tells the cluster from others, as the watcher has it')
    .optional(),
  callers: z
    .enum(['identified', 'anyone'])
    .default('identified')
    .describe(
      'anyone: also an API server that shows neither token nor certificate, as those of cloud providers; then let the network keep others out',
    ),
  review_bytes: z
    .int()
    .positive()
    .default(8 * 1024 * 1024)
    .describe('longest review; a longer one is refused, and not judged'),
  threads: z
    .int()
    .min(0)
    .max(64)
    .describe(
      'threads that judge beside the one that answers (default: as many as processors, at most 4); 0: it judges itself',
    )
    .optional(),
  attestations: attestationsSchema
    .describe("the gate's passes, for policies that require one; left out: none is looked for")
    .optional(),
});

export type AdmissionSetting = z.infer<typeof admissionSchema>;
