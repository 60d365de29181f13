import { type Origin, Origins } from '../origins.ts';
import { setMember } from '../places.ts';
import { isObject, makeSource, memberOf, type Part, type Source } from '../source.ts';

/** Levels of composite actions and of reusable workflows within one another that GitHub takes. */
const MOST_LEVELS = 10;
/** Files that are read for one workflow. */
const MOST_FILES = 200;

/** What reads a file of YAML as its first document, with positions. */
type Reads = (source: Source) => Part[];

/**
 * A workflow or composite action with what it uses of the same repository: a step that uses an action of it has that action's
 * `runs`, a job that calls a workflow of it has that workflow's `jobs`. Neither key is one that GitHub knows there. What is not
 * found is left as it is written.
 * @see GitHub, "Workflow syntax": jobs.<job_id>.steps[*].uses, jobs.<job_id>.uses
 */
export function withUsed(source: Source, part: Part, read: Reads): Part {
  const { beside } = source;
  if (beside === undefined || !isObject(part.value)) return part;
  const origins = new Origins();
  let files = 0;

  const open = (file: string): { value: unknown; at: Origin } | undefined => {
    const text = files < MOST_FILES ? beside.read(file) : undefined;
    if (text === undefined) return undefined;
    files += 1;
    try {
      const [first] = read(makeSource(file, text, source.limits, beside));
      return first === undefined ? undefined : { value: first.value, at: { locate: first.locate, path: [] } };
    } catch {
      // A broken file is reported where it is judged itself; here it is not known what it does.
      return undefined;
    }
  };

  const find = (uses: unknown, kind: 'runs' | 'jobs', below: readonly string[]) => {
    if (typeof uses !== 'string' || !uses.startsWith('./') || uses.split('/').includes('..'))
      return undefined;
    if (below.length >= MOST_LEVELS || below.includes(uses)) return undefined;
    const name = uses.slice(2).replace(/\/+$/, '');
    const names = kind === 'jobs' ? [name] : [`${name}/action.yml`, `${name}/action.yaml`];
    for (const root of roots(source.file))
      for (const one of names) {
        const found = open(`${root}${one}`);
        if (found !== undefined && isObject(memberOf(found.value, kind))) return found;
      }
    return undefined;
  };

  const attached = (
    node: Record<string, unknown>,
    kind: 'runs' | 'jobs',
    below: readonly string[],
  ): Record<string, unknown> => {
    const uses = memberOf(node, 'uses');
    const found = find(uses, kind, below);
    if (found === undefined) return node;
    const inner = [...below, String(uses)];
    const value =
      kind === 'runs'
        ? stepsOf(memberOf(found.value, 'runs'), inner)
        : jobsOf(memberOf(found.value, 'jobs'), inner);
    const made = { ...node, [kind]: value };
    origins.set(made, kind, { ...found.at, path: [kind] });
    return made;
  };

  const stepsOf = (holder: unknown, below: readonly string[]): unknown => {
    const steps = memberOf(holder, 'steps');
    if (!isObject(holder) || !Array.isArray(steps)) return holder;
    return { ...holder, steps: steps.map((step) => (isObject(step) ? attached(step, 'runs', below) : step)) };
  };

  const jobsOf = (jobs: unknown, below: readonly string[]): unknown => {
    if (!isObject(jobs)) return jobs;
    const made: Record<string, unknown> = {};
    for (const [name, job] of Object.entries(jobs)) {
      const called = isObject(job) ? attached(job, 'jobs', below) : job;
      setMember(made, name, stepsOf(called, below));
    }
    return made;
  };

  const value = { ...part.value };
  if (isObject(value.jobs)) value.jobs = jobsOf(value.jobs, []);
  if (isObject(value.runs)) value.runs = stepsOf(value.runs, []);
  return { ...part, value, locate: origins.locator(value, part.locate) };
}

/** Folders at which the repository may start: the one that holds `.github`, else those above the file. */
function roots(file: string): string[] {
  const name = file.replaceAll('\\', '/');
  const at = name.search(/(?:^|\/)\.github\//);
  if (at >= 0) return [name.slice(0, name.startsWith('.github/') ? 0 : at + 1)];
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, i) => `${parts.slice(0, parts.length - i).join('/')}/`).concat('');
}
