import { createHmac } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type RandomBytes, toHex } from '../../record/index.ts';

const entrySchema = z.object({ name: z.string(), reference: z.string() });

/**
 * A reference for a person, kept apart from the log so that a name can be removed (delete its file) while every record
 * stays as it was sealed. References are random: a record does not let anyone try names.
 * @param folder evidence folder; names stand in `private/actors/`, readable by its owner only
 */
export function actorReference(folder: string, name: string, random: RandomBytes): string {
  const actors = join(folder, 'private', 'actors');
  mkdirSync(actors, { recursive: true, mode: 0o700 });
  const file = join(actors, `${createHmac('sha256', salt(folder, random)).update(name).digest('hex')}.json`);
  const fresh = { name, reference: `actor:${toHex(random(12))}` };
  return entrySchema.parse(JSON.parse(createOrRead(file, JSON.stringify(fresh)))).reference;
}

/** The same for who does something at this machine: its user, unless somebody else is named. */
export function actorHere(folder: string, as: string | undefined, random: RandomBytes): string {
  return actorReference(folder, as ?? userInfo().username, random);
}

/** File names are keyed, so that a listing of the folder does not let anyone try names either. */
function salt(folder: string, random: RandomBytes): string {
  return createOrRead(join(folder, 'private', 'salt'), toHex(random(32)));
}

/** Whoever comes first writes; all others read that. A link appears whole or not at all: safe between processes. */
function createOrRead(file: string, content: string): string {
  if (!existsSync(file)) {
    const temporary = `${file}.${process.pid}.tmp`;
    writeFileSync(temporary, content, { mode: 0o600 });
    try {
      linkSync(temporary, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(temporary);
    }
  }
  return readFileSync(file, 'utf8');
}
