import { type LedgerReader, openReader } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { parseNote } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence } from '../terminal/table.ts';

/** Prints a record's exact bytes, or its tlog-proof against the checkpoint that most witnesses co-signed, else the latest. */
export async function proof(
  folder: string,
  record: string,
  bytes: boolean,
  { stdout }: Context,
): Promise<ExitCode> {
  const reader = await openReader(folder);
  try {
    const index = await indexOf(reader, record);
    // No line break after the record: its bytes are what is hashed.
    stdout.write(
      bytes ? Buffer.from((await reader.entry(index)).bytes).toString('utf8') : await reader.proof(index),
    );
    return EXIT.ok;
  } finally {
    await reader.close();
  }
}

/**
 * Prints the signed note, with the cosignatures where witnesses have co-signed this very one.
 * @param cosigned the one that the most witnesses co-signed instead, which may be older
 */
export async function checkpoint(folder: string, cosigned: boolean, context: Context): Promise<ExitCode> {
  const { stdout, stderr } = context;
  const reader = await openReader(folder);
  try {
    const latest = await reader.checkpointText();
    const witnessed = await reader.cosignedText();
    if (cosigned && witnessed === undefined)
      throw new ExhibitError('NOT_FOUND', 'no witness has co-signed a checkpoint of this log yet', {
        hint: 'Ask them: exhibit ledger witness FOLDER --witness URL=VKEY',
      });
    const same = witnessed !== undefined && parseNote(witnessed).text === parseNote(latest).text;
    stdout.write(same || cosigned ? (witnessed ?? latest) : latest);
    if (cosigned && !same)
      stderr.write(sentence('The log has grown since: this is not its latest checkpoint.', stderr));
    return EXIT.ok;
  } finally {
    await reader.close();
  }
}

/** The index that the user gave, or that of the record whose id he gave. */
async function indexOf(reader: LedgerReader, record: string): Promise<number> {
  if (!/^(\d{1,15}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(record)) {
    throw new ExhibitError('USAGE', `${JSON.stringify(record)} is neither a record id nor an index`, {
      hint: 'Example: exhibit ledger proof evidence 17, or the id that `exhibit query decisions` shows.',
    });
  }
  const { size } = await reader.checkpoint();
  const index = /^\d+$/.test(record) ? Number(record) : await reader.find(record.toLowerCase());
  if (index === undefined || index >= size) {
    throw new ExhibitError('NOT_FOUND', `the log has no record ${record}; it has ${size} records, from 0`, {
      hint: 'A record that was just written is in the log after the next seal: exhibit ledger seal',
    });
  }
  return index;
}
