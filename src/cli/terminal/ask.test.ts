import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { asker } from './ask.ts';

function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', (part) => {
    shown += part;
  });
  return { input, output, shown: () => shown };
}

it('takes an answer, takes what is proposed for an empty one, and names the flag where one is needed', async () => {
  const at = terminal();
  const ask = asker(at);
  at.input.write('ada@example.com \n');
  expect(await ask.text('owner', '--owner')).toBe('ada@example.com');
  at.input.write('\n');
  expect(await ask.or('sunset', '2026-07-14')).toBe('2026-07-14');
  at.input.write('2026-07-01\n');
  expect(await ask.or('sunset', '2026-07-14')).toBe('2026-07-01');
  at.input.write('\n');
  await expect(ask.text('reason', '--reason')).rejects.toMatchObject({
    code: 'USAGE',
    hint: 'Give it with --reason.',
  });
  expect(at.shown()).toBe('owner: sunset [2026-07-14]: sunset [2026-07-14]: reason: ');
  ask.close();
});

it('does not wait where nobody sits, nor when the input ends', async () => {
  const nobody = asker(undefined);
  expect(await nobody.or('sunset', 'x')).toBe('x');
  await expect(nobody.text('owner', '--owner')).rejects.toMatchObject({ code: 'USAGE' });
  const at = terminal();
  const ask = asker(at);
  const answer = ask.text('owner', '--owner');
  at.input.end();
  await expect(answer).rejects.toMatchObject({ code: 'USAGE' });
});
