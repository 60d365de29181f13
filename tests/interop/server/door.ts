import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server of this machine that can be shut: for who comes through it, the server is away. */
export interface Door {
  host: string;
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** @param port of the server behind it */
export async function openDoor(port: number): Promise<Door> {
  let server: Server | undefined;
  let own = 0;
  const sockets = new Set<Socket>();
  const open = async () => {
    server = createServer((caller) => {
      const inner = connect(port, '127.0.0.1');
      for (const [from, to] of [
        [caller, inner],
        [inner, caller],
      ] as const) {
        sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server?.listen(own, '127.0.0.1', resolve));
    const address = server.address();
    own = typeof address === 'object' && address !== null ? address.port : 0;
  };
  await open();
  return {
    host: `127.0.0.1:${own}`,
    open,
    shut: async () => {
      const closed = new Promise<void>((resolve) =>
        server?.listening ? server.close(() => resolve()) : resolve(),
      );
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
