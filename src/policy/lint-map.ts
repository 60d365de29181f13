import { controlLinks, fileOf } from './control-map.ts';
import type { Files, Framework, Problem, Repository } from './types.ts';

/** What the control map names and no framework or policy has, and where a framework's statement and the map disagree. */
export function lintMap({ control_map, frameworks, policies, files }: Repository): Problem[] {
  const known = new Set(
    frameworks.flatMap((one) => one.controls.map((control) => `${one.id}/${control.id}`)),
  );
  const ids = new Set(policies.map((policy) => policy.id));
  const out: Problem[] = [];
  const linked = new Map<string, string>();
  for (const { control, policy_id } of controlLinks(control_map)) {
    if (!linked.has(control)) linked.set(control, policy_id);
    const unknown = !known.has(control);
    // Ids of foreign checks have a slash (`checkov/CKV_AWS_16`); ours never do.
    const nobody = !ids.has(policy_id) && !policy_id.includes('/');
    if (!unknown && !nobody) continue;
    const file = fileOf(policy_id, files, policies);
    const framework = control.slice(0, control.indexOf('/'));
    const hint = frameworks.some(({ id }) => id === framework)
      ? `Add it to the controls of ${framework}.`
      : `Write frameworks/${framework}.yaml.`;
    const message = `the control ${control} of ${policy_id} is in no framework`;
    if (unknown) out.push(problem('control', message, at(files, file, control), hint));
    if (nobody)
      out.push(problem('control-map', `there is no policy ${policy_id}`, at(files, file, policy_id)));
  }
  return [...onePerPlace(out), ...lintStatements(frameworks, linked, files)];
}

/** A group may name a hundred checks; its wrong control is one mistake. */
function onePerPlace(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ rule, location: { file, line } }) => {
    const key = `${rule} ${file} ${line}`;
    return line === undefined || (!seen.has(key) && seen.add(key));
  });
}

/** What a framework says of a control and what the map says must agree, or a reader of either is misled. */
function lintStatements(
  frameworks: readonly Framework[],
  linked: ReadonlyMap<string, string>,
  files: Files,
): Problem[] {
  return frameworks.flatMap((framework) =>
    framework.controls.flatMap(({ id, coverage }) => {
      const name = `${framework.id}/${id}`;
      const link = linked.get(name);
      if ((coverage === 'automated') === (link !== undefined)) return [];
      const [message, hint] =
        link === undefined
          ? [
              `${name} is called automated, but no policy or check supports it`,
              'Call it manual or not_mapped, or link what supports it.',
            ]
          : [`${name} is called ${coverage}, but ${link} supports it`, 'Call it automated.'];
      return [problem('control', message, controlPlace(files, framework.id, id), hint)];
    }),
  );
}

function controlPlace(files: Files, framework: string, id: string): Problem['location'] {
  const file = [...files.keys()].find((path) => new RegExp(`^frameworks/${framework}\\.ya?ml$`).test(path));
  const named = new RegExp(`\\bid: *["']?${id.replace(/[.()]/g, '\\$&')}["']?(?![\\w.(-])`);
  const lines = Buffer.from(files.get(file ?? '') ?? '')
    .toString('utf8')
    .split('\n');
  const index = lines.findIndex((line) => named.test(line));
  return { file: file ?? `frameworks/${framework}.yaml`, ...(index < 0 ? {} : { line: index + 1 }) };
}

/** The first line that names something. */
function at(files: Files, file: string, text: string): Problem['location'] {
  const lines = Buffer.from(files.get(file) ?? '')
    .toString('utf8')
    .split('\n');
  const index = lines.findIndex((one) => one.includes(text));
  return index < 0 ? { file } : { file, line: index + 1 };
}

function problem(rule: string, message: string, location: Problem['location'], hint?: string): Problem {
  return { severity: 'error', rule, message, location, ...(hint === undefined ? {} : { hint }) };
}
