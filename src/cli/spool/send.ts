import { ExhibitError, plural } from '../../record/index.ts';
import { resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { isServer, sendSpool } from '../evidence/remote.ts';
import { Spool } from '../evidence/spool.ts';
import { type SpoolFolders, spoolFolders } from '../evidence/spool-folders.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence } from '../terminal/table.ts';

/**
 * Sends what waits for one server, or for each.
 * @throws ExhibitError what sendSpool throws, after the others were tried; USAGE for what is no server
 */
export async function send(url: string | undefined, context: Context): Promise<ExitCode> {
  if (url !== undefined && !isServer(url))
    throw new ExhibitError('USAGE', `${url} is not the URL of a server`, {
      hint: 'A folder needs no sending: check writes into it at once.',
    });
  const { servers, unusable } = url === undefined ? serversOf(context) : { servers: [url], unusable: [] };
  let failure: unknown = unusable[0];
  if (servers.length === 0 && unusable.length === 0) context.stdout.write('nothing waits\n');
  for (const server of servers) {
    const waiting = new Spool(server, context.env).count;
    if (waiting === 0) {
      context.stdout.write(sentence(`${server}: nothing waits`, context.stdout));
      continue;
    }
    try {
      const { runs, records } = await sendSpool(server, context);
      const text = `${server}: sent ${plural(runs, 'run')} with ${plural(records, 'record')}`;
      context.stdout.write(sentence(text, context.stdout));
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return EXIT.ok;
}

/** A token goes to no server that a file of the checkout names: only to those for which a run was kept, or that the user set. */
function serversOf(context: Context): SpoolFolders {
  const { evidence } = resolveConfig({}, context);
  const set = evidence !== undefined && evidence.origin !== 'file' && isServer(evidence.value);
  return set ? { servers: [evidence.value], unusable: [] } : spoolFolders(context.env);
}
