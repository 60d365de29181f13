import { expect, test } from 'vitest';
// Not part of the engine's contract: the suite asks single built-ins.
import { opaEval, poolOf } from '../../../src/engine/testing/opa.ts';
import { decodeResult } from '../../../src/engine/wasm/json.ts';
import { HOST_BUILTINS } from '../../../src/policy/runtime-builtins.ts';
import { canonicalize } from '../../../src/record/index.ts';
import { CALLS } from './builtin-calls.ts';

const source = `package calls
import rego.v1
${CALLS.map((call, i) => `result["${i}"] := ${call}`).join('\n')}
`;

test('every built-in of the host answers as the real opa does', { timeout: 300_000 }, async () => {
  const pool = await poolOf(source, ['calls/result']);
  const ours = decodeResult(pool.evaluate('calls/result', new TextEncoder().encode('{}')) ?? '{}') as Record<
    string,
    unknown
  >;
  const theirs = (await opaEval('data.calls.result', { 'calls.rego': source }, {})) as Record<
    string,
    unknown
  >;
  const different = CALLS.flatMap((call, i) => {
    const [mine, real] = [ours[i], theirs[i]].map((value) =>
      value === undefined ? 'undefined' : canonicalize(value),
    );
    return mine === real ? [] : [`${call}\n  ours ${mine}\n  opa  ${real}`];
  });
  expect(different).toEqual([]);
  expect(Object.keys(theirs).length).toBeGreaterThan(CALLS.length / 2);
});

test('the calls reach every built-in but the clock', () => {
  const called = HOST_BUILTINS.filter((name) => CALLS.some((call) => call.includes(`${name}(`)));
  expect(HOST_BUILTINS.filter((name) => !called.includes(name))).toEqual(['time.now_ns']);
});
