import { frameworkSchema, mapFileSchema } from './schema.ts';
import type { ControlMap, ControlMapEntry, Files, Framework, Policy, Problem } from './types.ts';
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

/** The control map: links of the annotations and of `controls/*.yaml`, sorted. */
export function readMap(
  files: Files,
  policies: readonly Policy[],
): { control_map: ControlMap; problems: Problem[] } {
  const entries: ControlMapEntry[] = policies.flatMap((policy) =>
    policy.controls.map((link) => ({ policy_id: policy.id, ...link })),
  );
  const problems: Problem[] = [];
  for (const file of matching(files, /^controls\/[^/]+\.ya?ml$/)) {
    const { value, problems: wrong } = conform(parseYaml(files, file), mapFileSchema, 'control-map');
    problems.push(...wrong);
    entries.push(...(value?.links ?? []));
  }
  const key = (entry: ControlMapEntry) => `${entry.control}\0${entry.policy_id}`;
  const unique = new Map<string, ControlMapEntry>();
  for (const entry of entries) {
    if (unique.has(key(entry))) {
      const message = `${entry.policy_id} is linked to ${entry.control} twice`;
      problems.push({
        severity: 'error',
        rule: 'control-map',
        message,
        location: { file: placeOf(entry, policies) },
      });
    } else unique.set(key(entry), entry);
  }
  const sorted = [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return { control_map: { schema: 'exhibit.control-map/1', entries: sorted }, problems };
}

function placeOf(entry: ControlMapEntry, policies: readonly Policy[]): string {
  return policies.find((policy) => policy.id === entry.policy_id)?.file ?? 'controls/map.yaml';
}

function matching(files: Files, pattern: RegExp): string[] {
  return [...files.keys()].filter((path) => pattern.test(path)).sort();
}
