import type { Profiler } from 'node:inspector';

/** Steps of one kind of work, and the source files that do each. */
export interface Steps {
  /** Name of the step by the base name of the file. */
  files: Readonly<Record<string, string>>;
  /** Step of a hash, by the step of who asks for it. */
  hashes: Readonly<Record<string, string>>;
  /** Step of what Node does for files after the call that asked for it has returned. */
  system: string;
}

const IDLE = '(idle)';
const COLLECTOR = '(garbage collector)';
/** The file that calls the hash function: it works for whoever calls it. */
const HASHING = 'node.ts';

/** Milliseconds by step, from the samples of one thread. A frame without a step works for the frame that called it. */
export function attribute({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, steps: Steps) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stepOf = (id: number): string => {
    let hashing = false;
    let ofNode = false;
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const { functionName = '', url = '' } = byId.get(at)?.callFrame ?? {};
      if (functionName === IDLE) return 'waiting';
      if (functionName === COLLECTOR) return 'garbage collector';
      const file = url.slice(url.lastIndexOf('/') + 1);
      ofNode ||= url.startsWith('node:internal/fs');
      hashing ||= file === HASHING;
      const step = steps.files[file];
      if (step !== undefined) return hashing ? (steps.hashes[step] ?? step) : step;
    }
    return ofNode ? steps.system : 'the rest';
  };
  const known = new Map<number, string>();
  const times = new Map<string, number>();
  samples.forEach((id, i) => {
    const step = known.get(id) ?? stepOf(id);
    known.set(id, step);
    times.set(step, (times.get(step) ?? 0) + (timeDeltas[i] ?? 0) / 1000);
  });
  return times;
}
