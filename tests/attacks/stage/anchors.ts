import { cpSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { rewriteLog } from '../../../src/anchors/testing/rewrite.ts';
import { folderKeys, initLedger } from '../../../src/ledger/index.ts';
import { parseVkey } from '../../../src/verify/index.ts';
import { nodeCrypto } from '../../../src/verify/node.ts';
import { Authority } from '../../../src/verify/testing/authority.ts';
import { done } from './ask.ts';
import { clock, grow, random, records } from './log.ts';
import { place } from './tools.ts';

let authority: Promise<{ tsa: Authority; url: string }> | undefined;

/** A time-stamping authority of OpenSSL. */
export function tsa(): Promise<{ tsa: Authority; url: string }> {
  authority ??= (async () => {
    const made = new Authority('ec');
    return { tsa: made, url: await made.listen() };
  })();
  return authority;
}

export async function stopAuthority(): Promise<void> {
  const running = await authority;
  authority = undefined;
  await running?.tsa.close();
}

export interface Anchored {
  folder: string;
  /** The folder before its first record, and before its last ten. */
  empty: string;
  early: string;
  words: { KEY: string; TSA_ROOT: string; TSA_URL: string; PLACE: string };
}

/** A log of 20 records, a stamp over them (record 20), and its checkpoint in a second place. */
export async function anchored(): Promise<Anchored> {
  const { tsa: made, url } = await tsa();
  const [folder, empty, early] = [place(), place(), place()];
  const { vkey } = await initLedger(folder, { origin: 'attacks.example.com/anchored', random, clock });
  cpSync(folder, empty, { recursive: true });
  await grow(folder, records(0, 10));
  cpSync(folder, early, { recursive: true });
  await grow(folder, records(10, 20));
  const words = {
    ...{ KEY: vkey, TSA_ROOT: join(made.folder, 'root.pem'), TSA_URL: url },
    PLACE: place('elsewhere'),
  };
  const all = { ...words, FOLDER: folder };
  await done('exhibit ledger timestamp FOLDER --tsa TSA_URL --tsa-root TSA_ROOT', all);
  await done('exhibit ledger keep-checkpoint FOLDER PLACE', all);
  return { folder, empty, early, words };
}

/** Every tile made anew from changed records, and signed by the log's own key. */
export async function resigned(
  folder: string,
  change: (entries: Uint8Array[]) => Uint8Array[],
): Promise<string> {
  const to = place();
  const [vkey = ''] = await folderKeys(folder);
  const stored = readFileSync(join(folder, 'keys', 'signer.key'), 'utf8');
  const signer = { key: parseVkey(nodeCrypto.sha256, vkey), stored };
  await rewriteLog(folder, to, signer, change);
  return to;
}

/** A second place in which nothing was written for three days. */
export function stale(from: string): string {
  const copy = place('elsewhere');
  cpSync(from, copy, { recursive: true });
  const then = Date.now() / 1_000 - 3 * 86_400;
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), then, then);
  return copy;
}
