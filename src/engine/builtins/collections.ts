import { ExhibitError } from '../../record/index.ts';
import type { Builtin } from '../wasm/instance.ts';
import { compareTerms, equalTerms, int, isArray, RegoObject, RegoSet, type Term } from '../wasm/term.ts';
import { fail, integer, members, object } from './operands.ts';

const MOST_NUMBERS = 10_000_000;

const has = (set: readonly Term[], item: Term): boolean => set.some((each) => equalTerms(each, item));

const lookup = (map: RegoObject, key: Term): Term | undefined =>
  map.entries.find(([each]) => equalTerms(each, key))?.[1];

/** Objects recursively; sets by members; arrays as a run of neighbours; an array holds a set in any order. */
const subset: Builtin = ([whole = null, part = null]) => {
  if (whole instanceof RegoObject && part instanceof RegoObject) return objectSubset(whole, part);
  if (whole instanceof RegoSet && part instanceof RegoSet)
    return part.items.every((item) => has(whole.items, item));
  if (isArray(whole) && isArray(part)) return arraySubset(whole, part);
  if (isArray(whole) && part instanceof RegoSet) return arrayHoldsSet(whole, part);
  return fail('both arguments must be of one type, or an array and a set');
};

function objectSubset(whole: RegoObject, part: RegoObject): boolean {
  return part.entries.every(([key, wanted]) => {
    const found = lookup(whole, key);
    if (found === undefined) return false;
    if (equalTerms(found, wanted)) return true;
    if (found instanceof RegoObject && wanted instanceof RegoObject) return objectSubset(found, wanted);
    if (found instanceof RegoSet && wanted instanceof RegoSet)
      return wanted.items.every((item) => has(found.items, item));
    return isArray(found) && isArray(wanted) && arraySubset(found, wanted);
  });
}

/** As OPA searches: after a mismatch it goes on behind where it stood, without going back. */
function arraySubset(whole: readonly Term[], part: readonly Term[]): boolean {
  if (part.length > whole.length) return false;
  let [start, matched] = [0, 0];
  while (matched < part.length) {
    if (start + matched >= whole.length) return false;
    if (equalTerms(whole[start + matched] ?? null, part[matched] ?? null)) matched += 1;
    else [start, matched] = [start + 1, 0];
  }
  return true;
}

/** OPA counts matching elements, and an array without elements holds no set, not even the empty one. */
function arrayHoldsSet(whole: readonly Term[], part: RegoSet): boolean {
  let unmatched = part.items.length;
  return whole.some((item) => {
    if (has(part.items, item)) unmatched -= 1;
    return unmatched === 0;
  });
}

const rangeStep: Builtin = ([from, to, by]) => {
  const [first, last, step] = [integer(from), integer(to), integer(by)];
  if (step <= 0n) fail('the step must be positive');
  const down = first > last;
  const count = (down ? first - last : last - first) / step + 1n;
  if (count > MOST_NUMBERS)
    throw new ExhibitError('ENGINE_ERROR', `more than ${MOST_NUMBERS} numbers in numbers.range_step`);
  return Array.from({ length: Number(count) }, (_, i) => int(first + (down ? -1n : 1n) * step * BigInt(i)));
};

/** Every path from the given nodes to a node without edges, outside of the graph, or seen on the path before. */
const reachablePaths: Builtin = ([graph, start]) => {
  const nodes = object(graph);
  const paths: Term[][] = [];
  const edgesOf = (node: Term): readonly Term[] | undefined => {
    const edges = lookup(nodes, node);
    return edges === undefined ? undefined : edges instanceof RegoSet || isArray(edges) ? members(edges) : [];
  };
  const walk = (node: Term, before: readonly Term[], seen: readonly Term[]): void => {
    const edges = edgesOf(node);
    const path = edges === undefined ? [...before] : [...before, node];
    if (edges === undefined || edges.length === 0) paths.push(path);
    const reached = [...seen, node];
    for (const next of edges ?? []) {
      if (has(reached, next)) paths.push(path);
      else walk(next, path, reached);
    }
  };
  for (const node of members(start)) {
    const edges = edgesOf(node);
    if (edges?.length === 0) paths.push([node]);
    // As in OPA, a node that is its own neighbour stands twice at the start of the path.
    for (const next of edges ?? []) walk(next, [node], [node]);
  }
  return new RegoSet(unique(paths));
};

/** Terms without duplicates, in Rego's order. */
export function unique(terms: readonly Term[]): Term[] {
  const ordered = [...terms].sort(compareTerms);
  return ordered.filter((term, i) => i === 0 || !equalTerms(ordered[i - 1] ?? null, term));
}

export const collections: Readonly<Record<string, Builtin>> = {
  'object.subset': subset,
  'numbers.range_step': rangeStep,
  'graph.reachable_paths': reachablePaths,
};
