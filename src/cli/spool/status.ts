import type { Context } from '../context.ts';
import { Spool, spooledServers } from '../evidence/spool.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';

/** Says what waits on this machine. */
export function status(json: boolean, { env, stdout }: Context): ExitCode {
  const rows = spooledServers(env).map((server) => {
    const spool = new Spool(server, env);
    return { server, waiting: spool.count, refused: spool.refused, folder: spool.folder };
  });
  if (json) stdout.write(`${inertJson({ schemaVersion: 1, servers: rows }, 2)}\n`);
  else if (rows.length === 0) stdout.write('nothing was ever kept on this machine for a server\n');
  else
    stdout.write(
      table(
        [
          ['server', 'waiting', 'refused'],
          ...rows.map(({ server, waiting, refused }) => [server, String(waiting), String(refused)]),
        ],
        stdout,
      ),
    );
  return EXIT.ok;
}
