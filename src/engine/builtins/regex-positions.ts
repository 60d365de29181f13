import { RE2JS } from '@bufbuild/re2';
import { fail } from './operands.ts';

/** Start and end of the match and of each group, in UTF-16 units; -1 where a group took no part. */
export type Match = readonly number[];

// Of the library's compiled program: kinds of instructions that are no runes.
const ALT = 1;
const ALT_MATCH = 2;
const CAPTURE = 3;
const EMPTY_WIDTH = 4;
const FAIL = 5;
const MATCH = 6;
const NOP = 7;

interface Thread {
  pc: number;
  slots: readonly number[];
}

const compiled = new Map<string, RE2JS>();
const MOST_COMPILED = 200;

/** @throws OperandError for a pattern that RE2 does not take */
export function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  let made: RE2JS;
  try {
    made = RE2JS.compile(pattern);
  } catch {
    return fail('not a regular expression');
  }
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

/**
 * The leftmost match from a position, with the preference of Perl's alternatives, as Go's regexp finds it. The
 * library tells only whether a pattern matches, so its program is run here as a Pike machine: each instruction is on
 * the list at most once a character, so the time is at most pattern length times text length whatever the pattern.
 */
export function find(regex: RE2JS, text: string, from: number): Match | undefined {
  const { prog } = regex.re2();
  const slots = 2 * (regex.groupCount() + 1);
  const none = Object.freeze(Array<number>(slots).fill(-1));
  let threads: Thread[] = [];
  let found: Match | undefined;
  for (let at = from; ; ) {
    const code = text.codePointAt(at);
    const width = code === undefined ? 0 : code > 0xffff ? 2 : 1;
    const context = emptyContext(text, at);
    const seen = new Set<number>();
    const list: Thread[] = [];
    for (const { pc, slots: caught } of threads) follow(prog, { pc, slots: caught }, at, context, seen, list);
    if (found === undefined) follow(prog, { pc: prog.start, slots: none }, at, context, seen, list);
    const next: Thread[] = [];
    for (const { pc, slots: caught } of list) {
      const instruction = prog.getInst(pc);
      if (instruction.op === MATCH) {
        found = caught.with(1, at);
        break;
      }
      if (code !== undefined && instruction.matchRune(code))
        next.push({ pc: instruction.out, slots: caught });
    }
    if (code === undefined || (next.length === 0 && found !== undefined)) return found;
    threads = next;
    at += width;
  }
}

type Program = ReturnType<RE2JS['re2']>['prog'];

/** Adds what is reached without a character, in the order of preference; its own stack, since patterns may nest deeply. */
function follow(
  prog: Program,
  start: Thread,
  at: number,
  context: number,
  seen: Set<number>,
  list: Thread[],
): void {
  const stack: Thread[] = [start.slots[0] === -1 ? { pc: start.pc, slots: start.slots.with(0, at) } : start];
  for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
    const { pc, slots } = thread;
    if (seen.has(pc)) continue;
    seen.add(pc);
    const { op, out, arg } = prog.getInst(pc);
    switch (op) {
      case ALT:
      case ALT_MATCH:
        stack.push({ pc: arg, slots }, { pc: out, slots });
        break;
      case NOP:
        stack.push({ pc: out, slots });
        break;
      case CAPTURE:
        stack.push({ pc: out, slots: arg > 1 && arg < slots.length ? slots.with(arg, at) : slots });
        break;
      case EMPTY_WIDTH:
        if ((arg & ~context) === 0) stack.push({ pc: out, slots });
        break;
      case FAIL:
        break;
      default:
        list.push(thread);
    }
  }
}

const BEGIN_LINE = 1;
const END_LINE = 2;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WORD_BOUNDARY = 16;
const NO_WORD_BOUNDARY = 32;

const isWord = (char: string | undefined): boolean => char !== undefined && /^[0-9A-Za-z_]$/.test(char);

function emptyContext(text: string, at: number): number {
  const [before, after] = [text[at - 1], text[at]];
  return (
    (before === undefined ? BEGIN_TEXT | BEGIN_LINE : before === '\n' ? BEGIN_LINE : 0) |
    (after === undefined ? END_TEXT | END_LINE : after === '\n' ? END_LINE : 0) |
    (isWord(before) === isWord(after) ? NO_WORD_BOUNDARY : WORD_BOUNDARY)
  );
}

/** All matches from left to right, at most `most` when it is not negative; an empty one beside the match before does not count. */
export function findAll(regex: RE2JS, text: string, most: number): Match[] {
  const out: Match[] = [];
  let [at, previousEnd] = [0, -1];
  while (at <= text.length && (most < 0 || out.length < most)) {
    const match = find(regex, text, at);
    if (match === undefined) break;
    const [start = 0, end = 0] = match;
    const empty = end === at;
    if (!empty || start !== previousEnd) out.push(match);
    at = empty ? end + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) : end;
    previousEnd = end;
  }
  return out;
}
