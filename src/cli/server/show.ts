import { readSettings } from '../../server/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';

/** Prints each setting of a server and what set it: file and line, variable, or default. */
export function showSettings(file: string, json: boolean, context: Context): ExitCode {
  const { rows } = readSettings(file, context.env);
  if (json) context.stdout.write(`${inertJson({ schemaVersion: 1, settings: rows }, 2)}\n`);
  else {
    const lines = rows.map(({ key, value, origin, from }) => [key, value, `${origin}: ${from}`]);
    context.stdout.write(table(lines, context.stdout));
  }
  return EXIT.ok;
}
