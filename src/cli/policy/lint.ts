import { resolve } from 'node:path';
import { findCompiler, lintRepository, readRepository } from '../../policy/index.ts';
import { formatLocation } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inFolder } from '../terminal/call.ts';
import { inertJson } from '../terminal/json.ts';
import { printable, wrap } from '../terminal/text.ts';

/** Prints what is wrong or missing in a policy repository; exit 1 when there is an error. */
export async function lint(folder: string, json: boolean, context: Context): Promise<ExitCode> {
  const opa = await findCompiler(context.env);
  const problems = await lintRepository(
    await readRepository(resolve(context.cwd, folder), { opa, now: context.clock() }),
    { opa },
  );
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const { stdout } = context;
  if (json) stdout.write(`${inertJson({ schemaVersion: 1, problems }, 2)}\n`);
  else {
    const width = Math.min(stdout.columns, 100) - 4;
    for (const { severity, rule, message, location, hint } of problems) {
      stdout.write(`${printable(formatLocation(location))}: ${severity} ${rule}\n`);
      for (const line of wrap(printable(message), width)) stdout.write(`    ${line}\n`);
      if (hint !== undefined)
        stdout.write(`    fix: ${wrap(printable(inFolder(hint, folder)), width - 5).join('\n         ')}\n`);
    }
    stdout.write(`${errors} errors, ${problems.length - errors} warnings\n`);
  }
  return errors === 0 ? EXIT.ok : EXIT.violation;
}
