import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, ExhibitError, type RandomBytes } from '../record/index.ts';
import { ioError, makeDirectory, syncDirectory, systemCode, writeWhole } from '../store/index.ts';
import { emptyRoot, formatVkey } from '../verify/index.ts';
import { encodeConfig, makeConfig } from './config.ts';
import { sha256 } from './hash.ts';
import { CHECKPOINT, CONFIG, currentKeyFile, emittersFile, SIGNER, walFolder } from './layout.ts';
import { createNumbers } from './numbers.ts';
import { makeSigner, signCheckpoint } from './signer.ts';
import { adoptSigner } from './signers/adopt.ts';
import { createWriter } from './writer-state.ts';

export interface InitOptions {
  /** Name of the log, such as `example.com/audit`: without spaces and plus signs. */
  origin: string;
  random: RandomBytes;
  clock: Clock;
  /** Where the key is: `file:/PATH`, `awskms:KEY`, `pkcs11:URI`. Left out: a new one is made, in the folder. */
  signer?: string;
}

export interface Initialized {
  origin: string;
  /** The public key, to be published and kept in another place. */
  vkey: string;
}

/**
 * Makes an empty ledger with its own key, or for a key that is kept elsewhere. The folder may hold other files, but no ledger.
 * @throws ExhibitError LEDGER_EXISTS, CONFIG_INVALID, LEDGER_IO; LEDGER_KEY, SIGNER_FAILED (nothing was made)
 */
export async function initLedger(folder: string, options: InitOptions): Promise<Initialized> {
  const config = makeConfig(options.origin);
  const { origin } = config;
  try {
    await makeDirectory(folder);
    for (const name of [CONFIG, 'log', 'keys', 'writer.db', 'emitters.db']) await mustBeAbsent(folder, name);
    // Before anything is made: who cannot sign gets no ledger.
    const signer =
      options.signer === undefined
        ? makeSigner(origin, options.random)
        : await adoptSigner(options.signer, origin);
    // This is refused where another process makes the ledger at the same time.
    await mkdir(join(folder, 'keys'), { mode: 0o700 });
    await makeDirectory(join(folder, 'log'));
    await makeDirectory(walFolder(folder));
    const vkey = formatVkey(signer.key);
    await writeWhole(join(folder, SIGNER), Buffer.from(`${signer.stored}\n`), 0o600);
    await writeWhole(join(folder, currentKeyFile(origin)), Buffer.from(`${vkey}\n`), 0o644);
    const checkpoint = await signCheckpoint({ origin, size: 0, root: emptyRoot(sha256) }, [signer]);
    await writeWhole(join(folder, CHECKPOINT), Buffer.from(checkpoint), 0o644);
    createNumbers(emittersFile(folder));
    createWriter(folder, {
      checkpoint,
      previous: null,
      recorded_at: 0,
      sequence: 0,
      behind: false,
      consumed: {},
      key: signer.key.id,
      handover: null,
    });
    for (const name of ['keys', 'log', '.']) await syncDirectory(join(folder, name));
    // Last: a folder without it is no ledger, so a crash before leaves none.
    await writeWhole(join(folder, CONFIG), encodeConfig(config), 0o644);
    await syncDirectory(folder);
    return { origin, vkey };
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw exists(folder, 'keys');
    throw ioError(error, folder);
  }
}

async function mustBeAbsent(folder: string, name: string): Promise<void> {
  try {
    await stat(join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if (name === CONFIG || (await readdir(folder)).includes(name)) throw exists(folder, name);
}

function exists(folder: string, name: string): ExhibitError {
  return new ExhibitError('LEDGER_EXISTS', `${folder} holds ${name} already`, {
    location: { file: join(folder, name) },
    hint: 'Take another folder.',
  });
}
