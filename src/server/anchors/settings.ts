import { z } from 'zod';
import { s3StoreSchema } from '../../store/index.ts';

/** What the server does so that its ledger can be held against something that is not in its hands. */
export const anchorsSchema = z.strictObject({
  timestamps: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe('of an authority that stamps by RFC 3161'),
      root: z.string().min(1).describe('PEM file with the roots that its certificates must lead to'),
      every_seconds: z
        .int()
        .min(60)
        .default(3_600)
        .describe('from one time stamp to the next; one more comes after each midnight (UTC)'),
      policies: z
        .array(z.string().regex(/^\d+(\.\d+)+$/, 'expected an object identifier, such as 1.2.3.4'))
        .min(1)
        .describe('policies of the authority that are allowed (default: any)')
        .optional(),
      timeout_seconds: z.int().min(1).max(300).default(20),
    })
    .describe('have the checkpoints stamped by an authority')
    .optional(),
  checkpoints: z
    .strictObject({
      copies: z
        .array(z.union([z.string().min(1), s3StoreSchema]))
        .min(1)
        .max(16)
        .describe('folders, s3://BUCKET/PREFIX, or buckets with their region, endpoint and lock'),
      every_seconds: z.int().min(1).default(600).describe('at most so often'),
    })
    .describe('keep checkpoints in other places, each as an object of its own')
    .optional(),
});

export type AnchorsSetting = z.infer<typeof anchorsSchema>;
