import { ExhibitError } from './errors.ts';

/** One step of a compiled path; `deep` is `..`: any number of levels in between. */
interface Step {
  deep: boolean;
  /** Member name or index as text; undefined for `*`. */
  name: string | undefined;
}

/** A JSON path that a policy names, ready to be matched while walking a value. */
export type RedactPath = readonly Step[];

const STEP =
  /(\.\.?)(?:(\*)|([^.[\]*'"\s]+))|(\.\.)?\[(?:(\*)|([0-9]+)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y;

/**
 * Reads a path of the form `$.a.b[*].c`, `$..token`, `$['a.b'][0]`: members, indices, `*` and `..` of RFC 9535.
 * @throws ExhibitError POLICY_INVALID
 */
export function parseRedactPath(path: string): RedactPath {
  if (!path.startsWith('$')) throw wrong(path);
  const steps: Step[] = [];
  for (let at = 1; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const found = STEP.exec(path);
    if (found === null) throw wrong(path);
    const [, dots, , plain, deepBracket, , index, single, double] = found;
    const quoted = (single ?? double)?.replace(/\\(.)/g, '$1');
    steps.push({ deep: dots === '..' || deepBracket !== undefined, name: plain ?? index ?? quoted });
  }
  if (steps.length === 0) throw wrong(path);
  return steps;
}

/** Where in the paths a walk stands: path number and the step that is next. */
export type PathState = readonly (readonly [path: RedactPath, next: number])[];

export function startPaths(paths: readonly RedactPath[]): PathState {
  return paths.map((path) => [path, 0] as const);
}

/** The state after one more member or index, and whether a path ends there. */
export function advance(state: PathState, name: string): { state: PathState; matched: boolean } {
  if (state.length === 0) return { state, matched: false };
  const next = new Map<string, readonly [RedactPath, number]>();
  let matched = false;
  const numbers = new Map<RedactPath, number>();
  for (const [path, at] of state) {
    const step = path[at];
    if (step === undefined) continue;
    const id = numbers.get(path) ?? numbers.size;
    numbers.set(path, id);
    if (step.deep) next.set(`${id}/${at}`, [path, at]);
    if (step.name !== undefined && step.name !== name) continue;
    if (at + 1 === path.length) matched = true;
    else next.set(`${id}/${at + 1}`, [path, at + 1]);
  }
  return { state: [...next.values()], matched };
}

function wrong(path: string): ExhibitError {
  return new ExhibitError('POLICY_INVALID', `${JSON.stringify(path)} is not a path for redaction`, {
    hint: 'Write $.a.b, $.list[*].c, $..name or $["a.b"]. Filters and slices are not supported.',
  });
}
