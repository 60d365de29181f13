import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Connections pass through it, and end when it is told: who asks next shakes hands anew. */
export interface Cutter {
  port: number;
  /** How many connections were made. */
  readonly made: number;
  /** Ends those that are open, and waits until who made them has seen it: nothing that is asked later gets lost in them. */
  cut(): Promise<void>;
  stop(): Promise<void>;
}

/** @param to the port of this machine that they lead to, asked for each */
export async function startCutter(to: () => number): Promise<Cutter> {
  const open = new Set<Socket>();
  let made = 0;
  const server = createServer((from) => {
    made += 1;
    open.add(from);
    const onward = connect(to(), '127.0.0.1');
    from.on('error', () => onward.destroy());
    onward.on('error', () => from.destroy());
    // Nobody else reads then that the other end is closed.
    onward.once('close', () => from.resume());
    from.once('close', () => {
      open.delete(from);
      onward.destroy();
    });
    from.pipe(onward);
    onward.pipe(from);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const cut = async (): Promise<void> => {
    await Promise.all(
      [...open].map((one) => {
        const closed = once(one, 'close');
        one.end();
        return closed;
      }),
    );
  };
  return {
    port: (server.address() as AddressInfo).port,
    get made() {
      return made;
    },
    cut,
    stop: async () => {
      for (const one of open) one.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
