import type { Outcome } from '../../../src/policy/native-differences.ts';
import type { Answer, Pair } from './both.ts';

const kind = (answer: Answer): 'none' | 'error' | 'value' =>
  answer === 'undefined' ? 'none' : answer.startsWith('error') ? 'error' : 'value';

/** How the module's answer differs from the interpreter's; undefined where it does not. */
export function outcomeOf({ opa, wasm }: Pair): Outcome | undefined {
  const [real, ours] = [kind(opa), kind(wasm)];
  if (opa === wasm || (real === 'error' && ours === 'error')) return undefined;
  if (ours === 'error') return 'stops';
  if (ours === 'none') return 'undefined';
  if (real !== 'value') return 'invented';
  return loose(opa) === loose(wasm) ? 'text' : 'other';
}

/** Numbers to about seven digits, lists in one order. */
function loose(answer: Answer): string {
  return JSON.stringify(JSON.parse(answer), (_key, value: unknown) => {
    if (typeof value === 'number') return Math.fround(value) + 0;
    if (!Array.isArray(value)) return value;
    return value.map((item) => loose(JSON.stringify(item))).sort();
  });
}

/** The outcomes of each subject, sorted, and the shortest example of each. */
export function outcomes(pairs: readonly Pair[]): {
  found: Record<string, Outcome[]>;
  examples: Record<string, string>;
} {
  const found: Record<string, Outcome[]> = {};
  const examples: Record<string, string> = {};
  for (const pair of [...pairs].sort((a, b) => a.call.length - b.call.length)) {
    const outcome = outcomeOf(pair);
    if (outcome === undefined || found[pair.name]?.includes(outcome)) continue;
    found[pair.name] = [...(found[pair.name] ?? []), outcome].sort();
    examples[`${pair.name} ${outcome}`] = `${pair.call}: opa ${pair.opa}, module ${pair.wasm}`.slice(0, 300);
  }
  return { found, examples };
}
