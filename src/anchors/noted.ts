import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../store/index.ts';

const failing = z.object({ since: z.string(), code: z.string(), message: z.string() }).optional();

/** What a writer noted of its anchors. It is for people who run the log, and shows nothing to who verifies it. */
const notedSchema = z.object({
  timestamps: z
    .object({
      newest: z
        .object({
          size: z.number(),
          /** By the clock of the authority. */
          time: z.string(),
          tsa: z.string(),
          /** By the clock of the writer: what is due next follows from it. */
          taken: z.string(),
        })
        .optional(),
      failing,
    })
    .optional(),
  copies: z
    .array(
      z.object({
        name: z.string(),
        newest: z.object({ size: z.number(), time: z.string() }).optional(),
        failing,
      }),
    )
    .optional(),
});

export type Noted = z.infer<typeof notedSchema>;

const FILE = 'anchors.json';

/** Undefined where nothing was noted, or it cannot be read. */
export async function readNoted(folder: string): Promise<Noted | undefined> {
  try {
    return notedSchema.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    // It is derived: the next time stamp writes it anew.
    return undefined;
  }
}

/** Changes what is noted. @throws ExhibitError LEDGER_IO */
export async function writeNoted(folder: string, change: (noted: Noted) => Noted): Promise<void> {
  const noted = change((await readNoted(folder)) ?? {});
  await writeWhole(join(folder, FILE), Buffer.from(`${JSON.stringify(noted, undefined, 2)}\n`), 0o644);
}
