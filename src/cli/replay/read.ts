import { auditDraft, plainDetails, recordActs, type Selection } from '../../audit/index.ts';
import type { CheckpointBody } from '../../ledger/index.ts';
import { canonicalize } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { actorOf, tellNotRecorded, whereItCan } from '../engagement/flags.ts';
import type { Within, WithinFlags } from '../engagement/within.ts';
import { writing } from '../ledger/memory.ts';
import { VERSION } from '../version.ts';

/** What is asked for: records by name, or the selection that they follow from, of the log as it was then. */
export interface AskedFor {
  ids: readonly string[];
  scope: Selection | undefined;
  ledger: CheckpointBody;
}

/** A longer list of records is a blob beside the log, and the record names its digest; in bytes of canonical JSON. */
const MOST_LIST = 24_000;

/**
 * Puts on record which decisions are about to be performed again, before any of them is shown: each record that was named, or the selection
 * and the size of the log, of which the same list can be made again.
 * @param must refuse to go on where it cannot be recorded; else the reader is told that it is not on record
 * @returns id of the record
 * @throws ExhibitError LEDGER_..., what openLedger throws
 */
export async function recordAsked(
  place: string,
  { ids, scope, ledger: { size, root } }: AskedFor,
  flags: Within<WithinFlags>,
  { must, context }: { must: boolean; context: Context },
): Promise<string | undefined> {
  const { clock, random } = context;
  const engagement = flags.within?.engagement;
  const write = () =>
    writing(place, context, async (ledger) => {
      const list = canonicalize(ids.map((id) => id.toWellFormed()));
      const bytes = Buffer.from(list);
      const records =
        bytes.length <= MOST_LIST
          ? { records: JSON.parse(list) as string[] }
          : { records_ref: await ledger.putBlob(bytes) };
      const asked = scope === undefined ? { records_count: ids.length, ...records } : { ...scope };
      const what = 'decisions performed again';
      const details = plainDetails({ what, by: 'command line', log: { size, root }, ...asked });
      const act = engagement === undefined ? ASKED : READ;
      const draft = auditDraft(
        {
          ...{ ...act, message: `${act.kind}: ${what}`, details },
          ...(engagement === undefined ? {} : { engagement }),
          actor: actorOf(place, flags, context),
        },
        { clock, random, version: VERSION },
      );
      const [record_id = ''] = await recordActs(ledger, [draft]);
      return { record_id };
    });
  const done = await (must ? write() : whereItCan(place, write));
  if ('record_id' in done) return done.record_id;
  tellNotRecorded(done, context);
  return undefined;
}

const READ = { type: 'access', kind: 'read' } as const;
const ASKED = { type: 'query', kind: 'asked for' } as const;
