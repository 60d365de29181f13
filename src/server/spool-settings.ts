import { z } from 'zod';

const text = z.string().min(1);

/** A server whose ledger is another server's. */
export const spoolSchema = z.strictObject({
  folder: text.describe('on a disk that outlives the process; each server has one of its own'),
  bytes: z
    .int()
    .positive()
    .default(1024 * 1024 * 1024)
    .describe('most that waits; then nothing more is answered that needs a record'),
  token_file: text
    .describe('what is shown to the evidence server, read for each request (default: EXHIBIT_TOKEN)')
    .optional(),
  ca: text.describe('authorities of the evidence server, PEM (default: those of the system)').optional(),
  send_milliseconds: z.int().positive().default(100).describe('from what is kept to its sending'),
});

export type SpoolSetting = z.infer<typeof spoolSchema>;

interface Place {
  evidence: string;
  spool?: SpoolSetting | undefined;
}

/** True where the ledger is another server's. */
export function isElsewhere({ evidence }: Pick<Place, 'evidence'>): boolean {
  return /^https?:\/\//i.test(evidence);
}

/** Folder of what the server keeps for itself, beside its ledger or its spool. */
export function ownFolder({ evidence, spool }: Place): string {
  return spool?.folder ?? evidence;
}
