import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const madeSchema = z.strictObject({
  schemaVersion: z.literal(1),
  seed: z.string(),
  first: z.string(),
  last: z.string(),
  records: z.int(),
  origin: z.string(),
  /** Those that are open, of SOC 2 and of the AI Act, and that of the middle of the year, which is closed. */
  engagement: z.string(),
  ai_engagement: z.string().optional(),
  interim: z.string().optional(),
});
/** What a folder with a year says of it. */
export type MadeYear = z.infer<typeof madeSchema>;

const FILE = 'year.json';

/** Written last: a folder without it holds no whole year. */
export function writeMade(folder: string, made: MadeYear): void {
  writeFileSync(join(folder, FILE), `${JSON.stringify(made, null, 2)}\n`);
}

/** The year in a folder; undefined where there is none, or one that was not finished. */
export function readMade(folder: string): MadeYear | undefined {
  const file = join(folder, FILE);
  return existsSync(file) ? madeSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}
