import type { Severity } from '../record/index.ts';
import { type ApprovalRules, checkOverride } from './approval/check.ts';
import { gitRoot } from './git-root.ts';
import { lintOverrides } from './lint-overrides.ts';
import { examineOverride, type OverrideFault } from './override.ts';
import type {
  Files,
  LongestDays,
  Override,
  Problem,
  RejectedOverride,
  Repository,
  WrittenOverride,
} from './types.ts';
import { parseYaml } from './yaml-file.ts';

/** What stands in `overrides/*.yaml`, in the order of their names. */
export interface Overrides {
  overrides: Override[];
  rejected: RejectedOverride[];
  problems: Problem[];
  /** The overrides with the files that they come from. */
  written: WrittenOverride[];
}

/**
 * Reads the overrides of a repository. One that lacks anything does not apply: it is rejected with the reason.
 * @param policies severity of every policy by its id
 * @param longest days that an override may last; the usual ones where not given
 */
export function readOverrides(
  files: Files,
  policies: ReadonlyMap<string, Severity>,
  longest?: LongestDays,
): Overrides {
  const result: Overrides = { overrides: [], rejected: [], problems: [], written: [] };
  const taken = new Map<string, string[]>();
  const read = [...files.keys()]
    .filter((path) => /^overrides\/.*\.ya?ml$/.test(path))
    .sort()
    .map((file) => {
      const yaml = parseYaml(files, file);
      const written = (yaml.value as { id?: unknown } | null | undefined)?.id;
      // As it is read: spaces around it do not make another one of it.
      const id = typeof written === 'string' ? written.trim() : undefined;
      if (id !== undefined) taken.set(id, [...(taken.get(id) ?? []), file]);
      return { yaml, id };
    });
  for (const { yaml, id } of read) {
    const broken = yaml.problems[0]?.message;
    const whole = (message: string): OverrideFault[] => [{ path: [], message }];
    const outcome =
      broken === undefined
        ? examineOverride(yaml.value, policies, longest)
        : whole(`it is not YAML: ${broken}`);
    // Which of two files with one id was meant, nobody can tell: neither applies.
    const others = id === undefined ? [] : (taken.get(id) ?? []).filter((file) => file !== yaml.file);
    const twice = others.length === 0 ? undefined : `${others.join(', ')} has the id ${id} too`;
    const faults = twice !== undefined ? whole(twice) : Array.isArray(outcome) ? outcome : [];
    if (faults.length === 0 && !Array.isArray(outcome)) {
      result.overrides.push(outcome);
      result.written.push({ file: yaml.file, value: yaml.value, override: outcome });
    } else {
      result.rejected.push({ file: yaml.file, id, reason: faults.map(({ message }) => message).join('; ') });
      for (const { path, message } of faults)
        result.problems.push(problem(message, yaml.problems[0]?.location ?? yaml.locate(path)));
    }
  }
  return result;
}

/**
 * Which of the overrides are approved as the repository asks, and what is known of their tickets. The others are rejected.
 * @throws ExhibitError TOOL_MISSING where one is signed and ssh-keygen is not there
 */
export async function checkOverrides(read: Overrides, files: Files, by: ApprovalRules): Promise<Overrides> {
  const result: Overrides = {
    ...read,
    overrides: [],
    rejected: [...read.rejected],
    problems: [...read.problems],
  };
  for (const written of read.written) {
    const outcome = await checkOverride(written, files, by);
    if (typeof outcome !== 'string') result.overrides.push(outcome);
    else {
      const { file, override } = written;
      result.rejected.push({ file, id: override.id, reason: outcome });
      result.problems.push(problem(outcome, { file, line: 1, column: 1 }));
    }
  }
  result.rejected.sort((a, b) => (a.file < b.file ? -1 : 1));
  return result;
}

function problem(reason: string, location: Problem['location']): Problem {
  return { severity: 'error', rule: 'override', message: `the override does not apply: ${reason}`, location };
}

/**
 * What is wrong with the overrides of a repository that was read before, some files of which have changed since. Its policies are those that
 * were read: so an editor need not ask the compiler at each key that is pressed.
 * @param at Unix milliseconds at which the keys of approvals must be valid
 */
export async function overrideProblems(
  { config, policies, folder }: Pick<Repository, 'config' | 'policies' | 'folder'>,
  files: Files,
  at: number,
): Promise<Problem[]> {
  const severities = new Map(policies.map(({ id, severity }) => [id, severity]));
  const { problems, written } = await checkOverrides(
    readOverrides(files, severities, config.longest_days),
    files,
    { rules: config.overrides, repository: config.name, prefix: gitRoot(folder).prefix, at },
  );
  return [...problems, ...lintOverrides({ written_overrides: written })];
}
