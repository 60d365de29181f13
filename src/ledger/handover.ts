import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExhibitError, type RandomBytes } from '../record/index.ts';
import { ioError, syncDirectory, systemCode, writeWhole } from '../store/index.ts';
import { formatProof, formatVkey, handoverPath, TILE_WIDTH, type VerifierKey } from '../verify/index.ts';
import { auditPath } from './audit-path.ts';
import { currentKeyFile, formerKeyFile, LOG, NEXT_SIGNER, SIGNER } from './layout.ts';
import { logStore } from './log-store.ts';
import { ProvenLog } from './proven-log.ts';
import { bodyOf, reconcile } from './published.ts';
import { type LogSigner, makeSigner, readSigner, signCheckpoint } from './signer.ts';
import { adoptSigner } from './signers/adopt.ts';
import type { Writer, WriterState } from './writer.ts';

/**
 * The next key, made or found, and on disk before the log announces it.
 * @param current the key that signs now
 * @param place where the next key is; left out, a new one is made in the folder
 * @throws ExhibitError LEDGER_KEY for a key that signs or signed this log, CONFIG_INVALID, SIGNER_FAILED
 */
export async function prepareSigner(
  folder: string,
  current: VerifierKey,
  random: RandomBytes,
  place?: string,
): Promise<LogSigner> {
  const origin = current.name;
  // One that an interrupted rotation left was never announced, or the handover would have been finished.
  const signer = place === undefined ? makeSigner(origin, random) : await adoptSigner(place, origin);
  const { id } = signer.key;
  // A key that ended stays ended: whoever stole it would else be let in again.
  if (id === current.id || (await present(join(folder, formerKeyFile(origin, id)))))
    throw new ExhibitError(
      'LEDGER_KEY',
      `the key ${id} ${id === current.id ? 'signs this log already' : 'signed this log before'}`,
      {
        hint: 'Take a new key: one that was handed over never comes back.',
      },
    );
  await writeWhole(join(folder, NEXT_SIGNER), Buffer.from(`${signer.stored}\n`), 0o600);
  await syncDirectory(join(folder, 'keys'));
  return signer;
}

/**
 * The signer of the ledger, under the writer lock. A key change whose announcement is sealed is carried through first:
 * after the announcement no checkpoint of the old key alone counts. Each step may be done again after a crash.
 */
export async function finishHandover(folder: string, origin: string, writer: Writer): Promise<LogSigner> {
  let state = writer.read();
  if (state.handover === null) return own(await readSigner(folder, origin), state);
  const store = await logStore(folder);
  await reconcile(store, writer, state);
  try {
    const next = (await present(join(folder, NEXT_SIGNER)))
      ? await readSigner(folder, origin, NEXT_SIGNER)
      : await readSigner(folder, origin);
    if (state.key !== next.key.id) state = await handOver(folder, origin, writer, state, next);
    // Survives a crash: a checkpoint that both keys signed. What follows is derived from it.
    await writer.publish(state.checkpoint);
    await store.put(currentKeyFile(origin), Buffer.from(`${formatVkey(next.key)}\n`));
    if (await present(join(folder, NEXT_SIGNER)))
      await rename(join(folder, NEXT_SIGNER), join(folder, SIGNER));
    await syncDirectory(join(folder, 'keys'));
    await writer.commit({ ...state, handover: null });
    return next;
  } catch (error) {
    throw ioError(error, join(folder, 'keys'));
  }
}

/** Writes what lets a reader of the old key trust the new one, and the checkpoint that both sign. */
async function handOver(
  folder: string,
  origin: string,
  writer: Writer,
  state: WriterState,
  next: LogSigner,
): Promise<WriterState> {
  const store = await logStore(folder);
  const old = await readSigner(folder, origin);
  const body = bodyOf(state.checkpoint);
  const index = body.size - 1;
  const log = new ProvenLog(store, body);
  const record = (await log.bundle(Math.floor(index / TILE_WIDTH)))[index % TILE_WIDTH];
  if (record === undefined) throw new ExhibitError('LEDGER_CORRUPT', `record ${index} is not in its bundle`);
  const hashes = await auditPath(log, index);
  const proof = formatProof({ index, hashes, checkpoint: state.checkpoint, extra: record });
  await store.put(`${LOG}/${handoverPath(next.key.id)}`, Buffer.from(proof));
  await store.put(formerKeyFile(origin, old.key.id), Buffer.from(`${formatVkey(old.key)}\n`));
  const both: WriterState = {
    ...state,
    checkpoint: await signCheckpoint(body, [old, next]),
    previous: state.checkpoint,
    key: next.key.id,
  };
  await writer.commit(both);
  return both;
}

/** @throws ExhibitError LEDGER_KEY where the key in the folder is not the one that signed last */
function own(signer: LogSigner, state: WriterState): LogSigner {
  if (signer.key.id === state.key) return signer;
  throw new ExhibitError(
    'LEDGER_KEY',
    `the key of the folder has id ${signer.key.id}; the log is signed with ${state.key}`,
    {
      location: { file: SIGNER },
    },
  );
}

async function present(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
