import { matching } from './framework.ts';
import { mapFileSchema } from './schema.ts';
import type {
  ControlLink,
  ControlMap,
  ControlMapEntry,
  ControlMapGroup,
  Files,
  Policy,
  Problem,
} from './types.ts';
import { conform, parseYaml } from './yaml-file.ts';

/** Every link of a map, groups taken apart: one check, one control. Sorted by control, then by check, then by day. */
export function controlLinks(map: ControlMap): ControlMapEntry[] {
  const links = [...map.entries, ...(map.groups ?? []).flatMap(linksOf)];
  const key = (link: ControlMapEntry) => `${link.control}\0${link.policy_id}\0${link.from ?? ''}`;
  return links
    .map((link) => [key(link), link] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, link]) => link);
}

/** True when a link speaks of what was recorded on a day, YYYY-MM-DD in UTC. Both bounds are included. */
export function inEffect(link: Pick<ControlLink, 'from' | 'until'>, day: string): boolean {
  return (link.from ?? '') <= day && (link.until === undefined || day <= link.until);
}

function linksOf(group: ControlMapGroup): ControlMapEntry[] {
  return group.policy_ids.flatMap((policy_id) =>
    group.controls.map((link) => ({ policy_id, ...link, rationale: link.rationale ?? group.rationale })),
  );
}

/** The control map: links of the annotations and of `controls/*.yaml`. Groups stay groups, so that a map stays small. */
export function readMap(
  files: Files,
  policies: readonly Policy[],
): { control_map: ControlMap; problems: Problem[] } {
  const entries: ControlMapEntry[] = policies.flatMap((policy) =>
    policy.controls.map((link) => ({ policy_id: policy.id, ...link })),
  );
  const groups: ControlMapGroup[] = [];
  const problems: Problem[] = [];
  for (const file of matching(files, /^controls\/[^/]+\.ya?ml$/)) {
    const { value, problems: wrong } = conform(parseYaml(files, file), mapFileSchema, 'control-map');
    problems.push(...wrong);
    for (const link of value?.links ?? []) {
      if ('policy_ids' in link) groups.push({ ...link, policy_ids: [...link.policy_ids].sort() });
      else entries.push(link);
    }
  }
  const sorted = controlLinks({ schema: 'exhibit.control-map/1', entries });
  const control_map: ControlMap = {
    schema: 'exhibit.control-map/1',
    entries: sorted,
    ...(groups.length === 0 ? {} : { groups }),
  };
  problems.push(...periodProblems(control_map, files, policies));
  return { control_map, problems };
}

/** A link that never holds, and two links of one check to one control on the same day: which of them would count? */
function periodProblems(map: ControlMap, files: Files, policies: readonly Policy[]): Problem[] {
  const problem = (message: string, { policy_id }: ControlMapEntry): Problem => ({
    severity: 'error',
    rule: 'control-map',
    message,
    location: { file: fileOf(policy_id, files, policies) },
  });
  const out: Problem[] = [];
  let before: ControlMapEntry | undefined;
  for (const link of controlLinks(map)) {
    const { policy_id, control, from, until } = link;
    if (from !== undefined && until !== undefined && until < from)
      out.push(problem(`${policy_id} is linked to ${control} from ${from} until ${until}: never`, link));
    const same = before?.policy_id === policy_id && before.control === control;
    // Links of one pair are sorted by their first day.
    if (same && (before?.until === undefined || from === undefined || from <= before.until))
      out.push(problem(`${policy_id} is linked to ${control} twice`, link));
    before = link;
  }
  return out;
}

/** The file in which a policy or a foreign check is linked: where it stands, or else the first file of `controls/` that names it. */
export function fileOf(policy_id: string, files: Files, policies: readonly Policy[]): string {
  const own = policies.find((policy) => policy.id === policy_id)?.file;
  if (own !== undefined) return own;
  const names = (path: string) =>
    Buffer.from(files.get(path) ?? '')
      .toString('utf8')
      .includes(policy_id);
  return matching(files, /^controls\/[^/]+\.ya?ml$/).find(names) ?? 'controls/map.yaml';
}
