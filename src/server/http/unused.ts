import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Connections on which nothing was ever asked: callers open some ahead (Go's client does), and Node counts them as busy, so that a stop
 * would wait for them.
 * @returns closes those that are open now
 */
export function trackUnused(server: Server | SecureServer): () => void {
  const unused = new Set<Socket>();
  const come = (socket: Socket): void => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  };
  server.on('secureConnection', come);
  server.on('connection', (socket) => {
    // Of TLS the encrypted side is told of first; requests name the other one.
    if (!('setSecureContext' in server)) come(socket);
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return () => {
    for (const socket of unused) socket.destroy();
  };
}
