import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { harness } from '../testing/harness.ts';

it('a connection on which nothing was asked does not hold up a stop', async () => {
  const at = await harness();
  try {
    const socket = connect(Number(new URL(at.url).port), '127.0.0.1');
    await once(socket, 'connect');
    // It is there for the server, too.
    expect((await at.send('/healthz')).status).toBe(200);
    const closed = once(socket, 'close');
    const began = performance.now();
    await at.stop();
    await closed;
    // A stop cuts what is left after 20 s.
    expect(performance.now() - began).toBeLessThan(10_000);
  } finally {
    await at.remove();
  }
});
