import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Place } from './place.ts';

const CHUNK = 1024 * 1024;
/** A longer line is no event: it is passed over and told. */
const LONGEST = 8 * 1024 * 1024;

export interface Lines {
  /** Whole lines without their ends, as bytes. */
  lines: Buffer[];
  /** After the last of them. */
  place: Place;
  /** What was lost of the file, in words. */
  lost?: string;
}

/**
 * Reads a file that grows. It goes on in the same file after a rename, to its end, and then in the new one of the name; a file that was cut
 * to nothing begins again. A line counts when its end is there.
 */
export class FileTail {
  readonly #path: string;
  #handle: FileHandle | undefined;
  #place: Place | undefined;
  #rest = Buffer.alloc(0);
  #passing = false;

  /** @param place up to where it was read before */
  constructor(path: string, place: Place | undefined) {
    this.#path = path;
    this.#place = place;
  }

  /** What came since the last call; undefined where nothing did. */
  async read(): Promise<Lines | undefined> {
    const found = await this.#open();
    if (found === undefined) return undefined;
    const { handle, lost } = found;
    const place = this.#place as Place;
    const buffer = Buffer.alloc(CHUNK);
    const from = place.offset + this.#rest.length;
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, from);
    if (bytesRead === 0) {
      const last = await this.#leaveRenamed();
      if (last === undefined) return lost === undefined ? undefined : { lines: [], place, lost };
      if (last.length === 0 && lost === undefined) return this.read();
      return { lines: last.length === 0 ? [] : [last], place, ...(lost === undefined ? {} : { lost }) };
    }
    const all = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
    const end = all.lastIndexOf(10) + 1;
    this.#rest = Buffer.from(all.subarray(end));
    const lines = split(all.subarray(0, end));
    if (this.#passing && lines.length > 0) {
      // The end of a line that was too long.
      lines.shift();
      this.#passing = false;
    }
    let offset = place.offset + end;
    let long: string | undefined;
    if (this.#rest.length > LONGEST) {
      long = `a line of more than ${LONGEST} bytes`;
      offset += this.#rest.length;
      this.#rest = Buffer.alloc(0);
      this.#passing = true;
    }
    this.#place = { inode: place.inode, offset };
    const said = [lost, long].filter((each) => each !== undefined).join('; ');
    return { lines, place: this.#place, ...(said === '' ? {} : { lost: said }) };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #open(): Promise<{ handle: FileHandle; lost?: string } | undefined> {
    if (this.#handle !== undefined) {
      const { size } = await this.#handle.stat();
      const place = this.#place as Place;
      if (size < place.offset) {
        // Copied away and cut to nothing: what came between the copy and the cut is nowhere.
        this.#begin(place.inode);
        return { handle: this.#handle, lost: 'the file was cut; lines that came just before it may be lost' };
      }
      return { handle: this.#handle };
    }
    const before = this.#place;
    const file = before === undefined ? this.#path : await this.#named(before.inode);
    const handle = await open(file ?? this.#path, 'r').catch(() => undefined);
    if (handle === undefined) return undefined;
    this.#handle = handle;
    const { ino, size } = await handle.stat();
    if (before !== undefined && before.inode === ino && size >= before.offset) return { handle };
    this.#begin(ino);
    if (before === undefined) return { handle };
    return { handle, lost: 'the file that was read last is not there any more; its last lines may be lost' };
  }

  #begin(inode: number): void {
    this.#place = { inode, offset: 0 };
    this.#rest = Buffer.alloc(0);
    this.#passing = false;
  }

  /** The file with this inode: under its name, or beside it under the one that rotation gave it. */
  async #named(inode: number): Promise<string | undefined> {
    const folder = dirname(this.#path);
    const names = (await readdir(folder).catch(() => [])).filter((name) =>
      name.startsWith(basename(this.#path)),
    );
    for (const name of names) {
      const status = await stat(join(folder, name)).catch(() => undefined);
      if (status?.ino === inode && status.isFile()) return join(folder, name);
    }
    return undefined;
  }

  /** At the end of a file that has another name now, the new one of the name is next. @returns its last line without an end, empty where there is none; undefined where it stays */
  async #leaveRenamed(): Promise<Buffer | undefined> {
    const now = await stat(this.#path).catch(() => undefined);
    if (now === undefined || now.ino === this.#place?.inode) return undefined;
    const last = this.#rest;
    await this.close();
    this.#begin(now.ino);
    return last;
  }
}

function split(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    lines.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return lines;
}
