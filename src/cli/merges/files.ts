import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type Facts, noFacts, takeGithub, takeGitlab } from '../../merges/index.ts';
import { ExhibitError } from '../../record/index.ts';

/** Longest file that is read as one JSON value; JSON lines may be of any length. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Facts out of files: answers of the REST API, webhook payloads, exported audit logs; JSON or JSON lines. What is said of commits comes
 * after the changes, whatever the order of the files.
 * @throws ExhibitError INPUT_UNREADABLE; INPUT_SYNTAX for what is not JSON, naming file and line
 */
export async function readFacts(
  provider: 'github' | 'gitlab',
  files: readonly string[],
  host: string,
): Promise<Facts> {
  const facts = noFacts();
  const take = provider === 'github' ? takeGithub : takeGitlab;
  const values: { file: string; at: string; value: unknown }[] = [];
  for (const file of files) values.push(...(await valuesOf(file)));
  const late: typeof values = [];
  const notUnderstood = new Map<string, string[]>();
  for (const each of values) {
    if (isCommit(each.value)) late.push(each);
    else if (!take(each.value, facts, host)) note(notUnderstood, each);
  }
  for (const each of late) if (!take(each.value, facts, host)) note(notUnderstood, each);
  for (const [file, places] of notUnderstood)
    facts.unread.push(`${file}: ${places.length} values are not understood, the first at ${places[0]}`);
  return facts;
}

function note(all: Map<string, string[]>, { file, at }: { file: string; at: string }): void {
  all.set(file, [...(all.get(file) ?? []), at]);
}

const isCommit = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('commit' in value || 'short_id' in value);

async function valuesOf(file: string): Promise<{ file: string; at: string; value: unknown }[]> {
  const text = await readFile(file).catch((cause: unknown) => {
    throw new ExhibitError('INPUT_UNREADABLE', `${file} cannot be read`, { cause, location: { file } });
  });
  if (text.length <= MOST_BYTES) {
    try {
      const value: unknown = JSON.parse(text.toString('utf8').replace(/^\uFEFF/, ''));
      return Array.isArray(value)
        ? value.map((each: unknown, at) => ({ file, at: `index ${at}`, value: each }))
        : [{ file, at: 'line 1', value }];
    } catch {
      // JSON lines, or nothing that can be read: the lines say which.
    }
  }
  return linesOf(file);
}

async function linesOf(file: string): Promise<{ file: string; at: string; value: unknown }[]> {
  const values: { file: string; at: string; value: unknown }[] = [];
  let line = 0;
  for await (const text of createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line += 1;
    if (text.trim() === '') continue;
    try {
      values.push({ file, at: `line ${line}`, value: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown });
    } catch (cause) {
      throw new ExhibitError('INPUT_SYNTAX', `line ${line} is not JSON`, {
        cause,
        location: { file, line },
        hint: 'Give answers of the REST API, webhook payloads or exported audit events, as JSON or JSON lines.',
      });
    }
  }
  return values;
}
