import { resolve } from 'node:path';
import { bundleRecords, type UnnumberedRecord } from '../../engine/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type Bundle, digestOf } from '../../policy/index.ts';
import type { Digest, RecordDraft } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { actorReference } from '../evidence/actors.ts';
import { isServer, sendSpool } from '../evidence/remote.ts';
import { Spool } from '../evidence/spool.ts';
import { openWriter, remember } from '../ledger/memory.ts';

/** Where records go: an evidence folder, a server, or nowhere. */
export interface Target {
  /** A salted reference of a person's name. A server salts names itself, so that none is sent: undefined. */
  reference(name: string): string | undefined;
  blob(bytes: Uint8Array): Promise<void>;
  append(records: readonly UnnumberedRecord[]): Promise<void>;
  /** Seals or sends. @returns a sentence for the reader */
  end(): Promise<string>;
  close(): Promise<void>;
}

/**
 * @param evidence folder or URL; undefined: nothing is recorded
 * @param name of the run, for the spool
 * @throws ExhibitError LEDGER_..., SERVER_UNREACHABLE
 */
export async function openTarget(
  evidence: string | undefined,
  bundle: Bundle | undefined,
  name: string,
  context: Context,
): Promise<Target> {
  if (evidence === undefined) return NOWHERE;
  if (isServer(evidence)) return new ServerTarget(evidence, name, context);
  const folder = resolve(context.cwd, evidence);
  const ledger = await openWriter(folder, context);
  const target = new FolderTarget(ledger, folder, evidence, context);
  if (bundle !== undefined) await target.adopt(bundle);
  return target;
}

const NOWHERE: Target = {
  reference: () => undefined,
  blob: async () => {},
  append: async () => {},
  end: async () => 'nothing was recorded: name an evidence folder or server with --evidence',
  close: async () => {},
};

class FolderTarget implements Target {
  readonly #ledger: Ledger;
  readonly #folder: string;
  readonly #shown: string;
  readonly #context: Context;
  #records = 0;

  constructor(ledger: Ledger, folder: string, shown: string, context: Context) {
    this.#ledger = ledger;
    this.#folder = folder;
    this.#shown = shown;
    this.#context = context;
  }

  /** Which policies, control map and overrides were in force. */
  async adopt(bundle: Bundle): Promise<void> {
    const { records, blobs } = bundleRecords(bundle);
    for (const bytes of blobs.values()) await this.#ledger.putBlob(bytes);
    await this.#ledger.appendNumbered(records);
  }

  reference(name: string): string {
    return actorReference(this.#folder, name, this.#context.random);
  }

  async blob(bytes: Uint8Array): Promise<void> {
    await this.#ledger.putBlob(bytes);
  }

  async append(records: readonly UnnumberedRecord[]): Promise<void> {
    // Without numbers: a report that is read again makes the same records, and the log keeps one of each.
    await this.#ledger.appendNumbered(records as readonly RecordDraft[], { validated: true });
    this.#records += records.length;
  }

  async end(): Promise<string> {
    const { size, root } = await this.#ledger.seal();
    await remember(this.#ledger, this.#context);
    return `recorded ${this.#records} records in ${this.#shown}: log size ${size}, root ${root.slice(0, 12)}...`;
  }

  close(): Promise<void> {
    return this.#ledger.close();
  }
}

/** Records for a server wait on disk in parts, so that memory stays small and a lost connection loses nothing. */
class ServerTarget implements Target {
  readonly #url: string;
  readonly #name: string;
  readonly #context: Context;
  readonly #spool: Spool;
  #blobs = new Map<Digest, Uint8Array>();
  #part = 0;

  constructor(url: string, name: string, context: Context) {
    this.#url = url;
    this.#name = name;
    this.#context = context;
    this.#spool = new Spool(url, context.env);
  }

  reference(): undefined {
    return undefined;
  }

  async blob(bytes: Uint8Array): Promise<void> {
    this.#blobs.set(digestOf(bytes), bytes);
  }

  async append(records: readonly UnnumberedRecord[]): Promise<void> {
    this.#spool.put(`${this.#name}.${String(this.#part).padStart(6, '0')}`, records, this.#blobs);
    this.#blobs = new Map();
    this.#part += 1;
  }

  async end(): Promise<string> {
    const { runs, records } = await sendSpool(this.#url, this.#context);
    return `recorded ${records} records in ${runs} parts at ${this.#url}`;
  }

  async close(): Promise<void> {}
}
