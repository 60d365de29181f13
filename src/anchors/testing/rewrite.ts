import { hash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openReader } from '../../ledger/index.ts';
import { logFiles, type TestKey } from '../../verify/testing/log.ts';

/** What somebody does who has the signing key: every tile made anew from changed records, and signed again. */
export async function rewriteLog(
  folder: string,
  to: string,
  signer: TestKey,
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
  const files = logFiles((data) => hash('sha256', data, 'buffer'), change(entries), [signer]);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(to, 'log', path)), { recursive: true });
    writeFileSync(join(to, 'log', path), bytes);
  }
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
