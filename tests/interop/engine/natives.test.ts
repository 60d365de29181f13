import { expect, test } from 'vitest';
// Not part of the engine's contract: the suite asks single built-ins.
import { opaEval, poolOf } from '../../../src/engine/testing/opa.ts';
import { decodeResult } from '../../../src/engine/wasm/json.ts';
import { createWatchdog } from '../../../src/engine/wasm/watchdog.ts';
import { canonicalize } from '../../../src/record/index.ts';
import { NATIVE_CALLS } from './native-calls.ts';

/**
 * Where OPA 1.22's own WebAssembly answers other than OPA's interpreter. Nothing in the host can change that, so each
 * stands here and in docs/explanation/engine.md; a new version of OPA that mends or adds one shows as a failing test.
 */
const KNOWN: readonly [calls: RegExp, what: string][] = [
  [
    /^base64(url)?\.(decode|is_valid)\(/,
    'lenient about length, padding and characters; the empty text is refused',
  ],
  [/^json\.(unmarshal|is_valid)\(/, 'lenient about trailing text, trailing commas and leading zeros'],
  [/^json\.marshal\(/, 'keys not sorted, and no escapes for <, > and U+2028'],
  [/^indexof\(.*, ""\)$/, 'the empty text is found at 0 instead of undefined'],
  [/^replace\(.*, "", /, 'replacing the empty text never ends'],
  [/^glob\.match\("\*", null, /, 'a star does not match a line end'],
  [/^object\.union_n\(\[\]\)$/, 'undefined instead of the empty object'],
  [/^to_number\("-"\)$/, 'a number that is none'],
  [
    /^(format_int|bits\.[a-z]+|abs|round|ceil|floor|to_number)\(.*(-0|\d{16,}|1e30)/,
    'integers beyond 2^53 and minus zero',
  ],
  [/^(-?0 \/ 0|9007199254740993 \+|1\d{29} |1e30 )/, 'arithmetic beyond 2^53, and 0/0, which aborts'],
  [/^(object\.keys|concat)\(|^\[[kx] \| |^\$"/, 'the order of sets and objects that become a list or a text'],
];

const source = `package calls
import rego.v1
${NATIVE_CALLS.map((call, i) => `r${i} := x if {\n\tx := ${call}\n}`).join('\n')}
`;

test('OPA compiled to WebAssembly answers as OPA does, but for what is known', {
  timeout: 120_000,
}, async () => {
  const entrypoints = NATIVE_CALLS.map((_call, i) => `calls/r${i}`);
  const pool = await poolOf(source, entrypoints);
  const watchdog = createWatchdog();
  const theirs = (await opaEval('data.calls', { 'calls.rego': source }, {})) as Record<string, unknown>;
  const input = new TextEncoder().encode('{}');
  const different = NATIVE_CALLS.filter((_call, i) => {
    const real = theirs[`r${i}`];
    try {
      const text = watchdog(500, () => pool.evaluate(`calls/r${i}`, input));
      const ours = text === undefined ? undefined : decodeResult(text);
      return show(ours) !== show(real);
    } catch {
      return true;
    }
  });
  expect(different.filter((call) => !KNOWN.some(([calls]) => calls.test(call)))).toEqual([]);
  // Each line of the list is still needed.
  const needless = KNOWN.filter(([calls]) => !different.some((call) => calls.test(call)));
  expect(needless.map(([, what]) => what)).toEqual([]);
});

const show = (value: unknown): string => (value === undefined ? 'undefined' : canonicalize(value));
