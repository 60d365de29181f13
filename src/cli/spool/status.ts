import type { Context } from '../context.ts';
import { Spool } from '../evidence/spool.ts';
import { spoolFolders } from '../evidence/spool-folders.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';

/** Says what waits on this machine. */
export function status(json: boolean, { env, stdout, stderr }: Context): ExitCode {
  const { servers, unusable } = spoolFolders(env);
  const rows = servers.map((server) => {
    const spool = new Spool(server, env);
    return { server, waiting: spool.count, refused: spool.refused, folder: spool.folder };
  });
  if (json)
    stdout.write(
      `${inertJson({ schemaVersion: 1, servers: rows, unusable: unusable.map(({ message, location }) => ({ folder: location.file, message })) }, 2)}\n`,
    );
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
  for (const { message, location } of unusable)
    stderr.write(sentence(`${location.file}: ${message}; nothing of it is sent`, stderr));
  return EXIT.ok;
}
