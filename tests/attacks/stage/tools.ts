import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const made: string[] = [];

/** A new folder, of which nothing is there yet. It goes when this process ends. */
export function place(name = 'ledger'): string {
  const root = mkdtempSync(join(tmpdir(), 'exhibit-attack-'));
  made.push(root);
  return join(root, name);
}
process.once('exit', () => {
  for (const root of made) rmSync(root, { recursive: true, force: true });
});

/** A copy of a folder in which somebody did something. */
export function tampered(folder: string, change: (copy: string) => void): string {
  const copy = place();
  cpSync(folder, copy, { recursive: true });
  change(copy);
  return copy;
}

/** Changes a file of which the mode says that nobody should. */
export function edit(file: string, change: (bytes: Buffer) => Buffer | string): void {
  const before = readFileSync(file);
  const bytes = Buffer.from(change(Buffer.from(before)));
  if (bytes.equals(before)) throw new Error(`${file} was not changed`);
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
}

/** Writes over bytes that must be there, from the first that are `from`. */
export function swap(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error(`no ${from} to swap`);
  bytes.write(to, at);
  return bytes;
}

/** Cuts an entry bundle into its entries, with their 16-bit lengths. */
export function split(bytes: Buffer): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    out.push(bytes.subarray(at, end));
    at = end;
  }
  return out;
}

/** The first bundle of entries of a log. */
export const entries = (folder: string): string => join(folder, 'log', 'tile', 'entries', '000');

/** File of a blob. @param digest with its `sha256:` */
export function blobFile(folder: string, digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return join(folder, 'blobs', 'sha256', hex.slice(0, 2), hex.slice(2));
}

/** Puts the log of one folder in the place of that of another. */
export function putLog(from: string, to: string): void {
  rmSync(join(to, 'log'), { recursive: true });
  cpSync(join(from, 'log'), join(to, 'log'), { recursive: true });
}

/** A text in a file of its own. */
export function file(name: string, text: string | Uint8Array): string {
  const path = place(name);
  writeFileSync(path, text);
  return path;
}

/** The folder that a file lies in. */
export const folderOf = dirname;
