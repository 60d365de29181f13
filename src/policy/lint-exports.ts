import { join } from 'node:path';
import { isExhibitError } from '../record/index.ts';
import { readExport } from './export/folder.ts';
import { checkExport, EXPORTS } from './export/index.ts';
import { suggest } from './suggest.ts';
import { CONFIG_FILE, foldersOf } from './tree.ts';
import type { Opa, Problem, Repository } from './types.ts';

/** The exports that `exhibit.yaml` names: each must be what the policies give now. */
export async function lintExports(repository: Repository, opa: Opa): Promise<Problem[]> {
  // Of a source that is wrong no export can be made; what is wrong in it is said by the other checks.
  if (repository.problems.some(({ severity, rule }) => severity === 'error' && rule !== 'override'))
    return [];
  const out: Problem[] = [];
  const read = foldersOf(repository.config);
  for (const { format: name, folder } of repository.config.exports) {
    const format = EXPORTS.find((one) => one.name === name);
    const within = read.find((one) => `${folder}/`.startsWith(`${one}/`) || one.startsWith(`${folder}/`));
    if (format === undefined) {
      const names = EXPORTS.map((one) => one.name);
      const near = suggest(name, names);
      const hint = near === undefined ? `Formats: ${names.join(', ')}.` : `Did you mean ${near}?`;
      out.push(problem(`there is no export format ${name}`, hint));
    } else if (within !== undefined) {
      out.push(
        problem(`the export folder ${folder} overlaps ${within}, which holds policies`, 'Name another one.'),
      );
    } else {
      const files = await readExport(join(repository.folder, folder));
      out.push(
        ...(await checkExport(format, { repository, opa }, files, folder).catch((error: unknown) => {
          if (!isExhibitError(error)) throw error;
          return [problem(`the export ${folder} cannot be compared: ${error.message}`, error.hint ?? '')];
        })),
      );
    }
  }
  return out;
}

function problem(message: string, hint: string): Problem {
  return { severity: 'error', rule: 'export', message, location: { file: CONFIG_FILE }, hint };
}
