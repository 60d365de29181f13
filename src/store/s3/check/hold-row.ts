import { setTimeout as sleep } from 'node:timers/promises';
import { hold } from '../change.ts';
import type { Connection } from '../connection.ts';
import { attempt, look, notKnown, notOk, ok } from './act.ts';
import { deleteVersion, isThere, type Probe, SHORT_MILLISECONDS, writeProbe } from './probe.ts';
import type { Tried } from './types.ts';

const TRIES = 5;

/**
 * Holds an object whose lock ends at once, tries to delete it when the lock has ended, takes the hold off and tries again. So a refusal says
 * something about the hold: the same credentials delete the same version without it.
 */
export function holdHolds(connection: Connection, key: string): Promise<Tried> {
  return look(async () => {
    const probe = await writeProbe(connection, key, 'held\n', SHORT_MILLISECONDS);
    if (probe === undefined) return notKnown('the bucket gave no version');
    await sleep(Math.max(0, probe.until - connection.clock()));
    let said = '';
    for (let tries = 0; tries < TRIES; tries += 1) {
      // The clock of the store may be a little behind.
      await sleep(1_000);
      const held = await set(connection, probe, true);
      if (held.did !== 'done')
        return notKnown(
          `it could not be held (${held.said}). Check with credentials that may s3:PutObjectLegalHold`,
        );
      const refused = await deleteVersion(connection, probe);
      if (!(await isThere(connection, probe))) return notOk('it was deleted while it was held');
      const free = await set(connection, probe, false);
      if (free.did !== 'done') return notKnown(`the hold could not be taken off (${free.said}) and stays`);
      const deleted = await deleteVersion(connection, probe);
      if (deleted.did !== 'done') said = deleted.said;
      else if (refused.did === 'refused')
        return ok(`refused (${refused.said}), and deleted when the hold was taken off`);
      else return notKnown(refused.did === 'done' ? 'taken, and not done' : refused.said);
    }
    return notKnown(
      `these credentials could not delete it without the hold either (${said}), so a refusal says nothing`,
    );
  });
}

const set = (connection: Connection, probe: Probe, on: boolean) =>
  attempt(connection, { right: 's3:PutObjectLegalHold', key: probe.key }, () => hold(connection, probe, on));
