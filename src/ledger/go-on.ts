import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import { folderStore, ioError, makeDirectory, syncDirectory, writeWhole } from '../store/index.ts';
import { LEDGER_EMITTER } from '../verify/index.ts';
import { catchUp } from './catch-up.ts';
import { recordedAt } from './entry.ts';
import { SIGNER, walFolder, writerFile } from './layout.ts';
import { OWN_EMITTER } from './own.ts';
import { ProvenLog } from './proven-log.ts';
import { readPublicKey } from './public-key.ts';
import { bodyOf } from './published.ts';
import { openReader } from './reader.ts';
import { writeNumbers } from './restore-numbers.ts';
import { parseSigner } from './signer.ts';
import type { LedgerReader } from './types.ts';
import type { WriterState } from './writer.ts';
import { createWriter } from './writer-state.ts';

/**
 * Makes a restored copy a ledger that can be written to again. The caller has verified it, and knows that nobody holds a checkpoint of more
 * records: a log that goes on from an older state is another history under the same key. What survives a crash: until `writer.db` is there the
 * folder is a copy to read, and this can be done again.
 * @param folder a copy that nobody else works on
 * @param secret text of the private key of the log
 * @throws ExhibitError LEDGER_EXISTS, LEDGER_KEY where it is not the key that signs now, or was just being handed over; LEDGER_IO
 */
export async function goOnFrom(folder: string, secret: string): Promise<void> {
  if (existsSync(writerFile(folder)))
    throw new ExhibitError('LEDGER_EXISTS', `${folder} is a ledger that is written to`);
  const reader = await openReader(folder);
  const signer = parseSigner(secret, 'the private key');
  const key = await readPublicKey(folder, reader.origin);
  if (signer.key.name !== reader.origin || signer.key.id !== key.id)
    throw keyError(
      `the private key is ${signer.key.name} with the id ${signer.key.id}; the log is signed by ${key.name} with the id ${key.id}`,
    );
  const announced = await lastAnnounced(reader);
  if (announced !== undefined && announced !== key.id)
    throw keyError(`the log was being handed over to the key ${announced} when it was copied`);
  const note = await reader.checkpointText();
  const body = bodyOf(note);
  const last = body.size === 0 ? 0 : Date.parse(recordedAt((await reader.entry(body.size - 1)).bytes));
  await reader.close();
  const index = await catchUp(folder, new ProvenLog(folderStore(folder), body));
  const state: WriterState = {
    checkpoint: note,
    previous: null,
    recorded_at: last,
    sequence: index.nextNumbers().get(OWN_EMITTER) ?? 0,
    behind: false,
    consumed: {},
    key: key.id,
    handover: null,
  };
  try {
    await makeDirectory(walFolder(folder));
    await writeWhole(join(folder, SIGNER), Buffer.from(`${signer.stored}\n`), 0o600);
    await syncDirectory(join(folder, 'keys'));
    await writeNumbers(folder, index, state);
    createWriter(folder, state);
    await syncDirectory(folder);
  } catch (error) {
    throw ioError(error, folder);
  } finally {
    index.close();
  }
}

// Inside a JSON string the quotes would be escaped, so these bytes stand for a member named record_type only.
const MARK = Buffer.from('"record_type":"key"');

/** Id of the key that the log announced last; undefined where it never changed. */
async function lastAnnounced(reader: LedgerReader): Promise<string | undefined> {
  const { size } = await reader.checkpoint();
  let id: string | undefined;
  for await (const { bytes } of reader.entries(0, size)) {
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(MARK)) continue;
    const record = JSON.parse(Buffer.from(bytes).toString()) as {
      emitter?: unknown;
      record_type?: unknown;
      details?: { vkey?: unknown; valid_from_size?: unknown };
    };
    const { vkey, valid_from_size } = record.details ?? {};
    if (record.record_type !== 'key' || record.emitter !== LEDGER_EMITTER) continue;
    if (typeof vkey === 'string' && valid_from_size !== undefined) id = vkey.split('+')[1];
  }
  return id;
}

function keyError(message: string): ExhibitError {
  return new ExhibitError('LEDGER_KEY', message, {
    hint: 'Nothing was changed: the copy can be read. Take the key that signed its checkpoint.',
  });
}
