import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  findOpa,
  readRepository,
  refusedTicket,
  type TicketCheck,
  ticketReceipt,
} from '../../policy/index.ts';
import { plural } from '../../record/index.ts';
import { checkTicket, trackers } from '../../respond/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence, table } from '../terminal/table.ts';

/**
 * Asks the trackers about the ticket of every override that is not over, and keeps each answer beside the override, so that the
 * bundle and the records say what was found out, and what could not be. Exit 1: one is closed, not there, or not its owner's; 3: one
 * could not be checked.
 */
export async function tickets(folder: string, context: Context): Promise<ExitCode> {
  const root = resolve(context.cwd, folder);
  const repository = await readRepository(root, { opa: await findOpa(context.env), now: context.clock() });
  const known = trackers(context.env);
  const now = context.clock();
  const rows: string[][] = [];
  const found: TicketCheck[] = [];
  let refused = 0;
  for (const written of repository.written_overrides) {
    const { override } = written;
    if (Date.parse(override.sunset) < now) continue;
    const check = await checkTicket(override, known, context.clock);
    const { file, bytes } = await ticketReceipt(written, check);
    await writeFile(join(root, file), bytes);
    const why = await refusedTicket(check, repository.config.overrides.unchecked_tickets);
    if (why !== undefined) refused += 1;
    found.push(check);
    rows.push([override.id, wordsOf(check), why === undefined ? '' : `does not apply: ${why}`]);
  }
  context.stdout.write(table(rows, context.stdout));
  const unknown = found.filter(
    ({ state, owner }) => state === 'unchecked' || (state === 'open' && owner === 'unknown'),
  );
  context.stdout.write(
    sentence(
      `${plural(found.length, 'ticket')}: ${unknown.length} not checked to the end, ${refused} for which the override does not apply`,
      context.stdout,
    ),
  );
  const wrong = found.some(
    ({ state, owner }) => state === 'closed' || state === 'missing' || owner === 'differs',
  );
  if (wrong) return EXIT.violation;
  return unknown.length > 0 ? EXIT.incomplete : EXIT.ok;
}

function wordsOf({ state, owner, why }: TicketCheck): string {
  const words = state === 'open' ? `open, owner ${owner}` : state;
  return why === undefined ? words : `${words} (${why})`;
}
