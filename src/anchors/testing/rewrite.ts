import { createPrivateKey, hash, sign } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openReader } from '../../ledger/index.ts';
import { logFiles, type TestKey } from '../../verify/testing/log.ts';

/** What somebody does who has the signing key: every tile made anew from changed records, and signed again. */
export async function rewriteLog(
  folder: string,
  to: string,
  signer: Stolen,
  change: (entries: Uint8Array[]) => Uint8Array[],
): Promise<void> {
  const reader = await openReader(folder);
  const { size } = await reader.checkpoint();
  const entries: Uint8Array[] = [];
  for await (const { bytes } of reader.entries(0, size)) entries.push(bytes);
  await reader.close();
  cpSync(folder, to, { recursive: true });
  writable(to);
  for (const part of ['log', 'index', 'writer.db', 'emitters.db', 'wal', 'anchors.json'])
    rmSync(join(to, part), { recursive: true, force: true });
  const files = logFiles((data) => hash('sha256', data, 'buffer'), change(entries), [thief(signer)]);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(to, 'log', path)), { recursive: true });
    writeFileSync(join(to, 'log', path), bytes);
  }
}

/** The key of a log, as it lies in its folder. */
interface Stolen {
  key: TestKey['key'];
  /** `PRIVATE+KEY+<name>+<id>+<base64(1 || seed)>` */
  stored: string;
}

/** Signs with the key itself, as whoever has stolen it does. */
function thief({ key, stored }: Stolen): TestKey {
  const seed = Buffer.from(stored.trim().split('+').slice(4).join('+'), 'base64').subarray(1);
  // RFC 8410 section 7: a PKCS #8 Ed25519 key before its seed.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { key, sign: (message) => sign(null, message, secret) };
}

function writable(path: string): void {
  chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o600);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) writable(join(path, name));
}

/** A record with some of its text changed. */
export function changed(entry: Uint8Array | undefined, from: string | RegExp, to: string): Uint8Array {
  return Buffer.from(
    Buffer.from(entry ?? [])
      .toString()
      .replace(from, to),
  );
}
