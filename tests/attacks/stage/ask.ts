import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN, type Ended, ROOT } from '../../acceptance/workshop.ts';
import type { Words } from '../attack.ts';

/** What each program of a command is started as. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  exhibit: [process.execPath, BIN],
  node: [process.execPath],
  sh: ['sh'],
  grep: ['grep'],
  sha256sum: ['sha256sum'],
};

/**
 * Gives a command as an auditor does, on a machine of his own that remembers nothing. The program runs beside this process, so that
 * a witness in this one can answer it.
 */
export function ask(command: string, words: Words): Promise<Ended> {
  const [name = '', ...rest] = parts(command);
  const [program = '', ...first] = PROGRAMS[name] ?? [];
  const fill = (part: string) => part.replace(/[A-Z][A-Z_]+/g, (word) => words[word] ?? word);
  const env = { ...process.env, EXHIBIT_STATE: mkdtempSync(join(tmpdir(), 'exhibit-auditor-')) };
  return new Promise((resolve) => {
    execFile(
      program,
      [...first, ...rest.map(fill)],
      { cwd: words.IN ?? ROOT, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

/** Gives a command that must work. @throws Error with what it said where it does not */
export async function done(command: string, words: Words): Promise<void> {
  const { code, stdout, stderr } = await ask(command, words);
  if (code !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
}

/** Words of a command; what stands in single quotes is one. */
function parts(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
