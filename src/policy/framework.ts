import { frameworkSchema } from './schema.ts';
import type { Files, Framework, Problem } from './types.ts';
import { conform, parseYaml } from './yaml-file.ts';

/** `frameworks/*.yaml`, sorted by id. */
export function readFrameworks(files: Files): { frameworks: Framework[]; problems: Problem[] } {
  const frameworks = new Map<string, Framework>();
  const problems: Problem[] = [];
  for (const file of matching(files, /^frameworks\/[^/]+\.ya?ml$/)) {
    const yaml = parseYaml(files, file, 'failsafe');
    const { value, problems: wrong } = conform(yaml, frameworkSchema, 'framework');
    problems.push(...wrong);
    if (value === undefined) continue;
    const error = (message: string, path: PropertyKey[]) =>
      problems.push({ severity: 'error', rule: 'framework', message, location: yaml.locate(path) });
    if (frameworks.has(value.id)) error(`the framework ${value.id} is in another file too`, ['id']);
    const seen = new Set<string>();
    for (const [i, control] of value.controls.entries()) {
      if (seen.has(control.id)) error(`the control ${control.id} is listed twice`, ['controls', i, 'id']);
      seen.add(control.id);
    }
    frameworks.set(value.id, value);
  }
  return { frameworks: [...frameworks.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

/** Files of the repository by pattern, sorted. */
export function matching(files: Files, pattern: RegExp): string[] {
  return [...files.keys()].filter((path) => pattern.test(path)).sort();
}
