import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { toHex } from '../record/index.ts';
import { sha256 } from './hash.ts';

/** Most answers that are kept; the ones that were not used for longest go first. */
const MOST = 128;
const identitySchema = z.object({ version: z.string(), digest: z.string() });

/** A compiler, as certain as a digest: which version it says it is, and its bytes. */
export type Identity = z.infer<typeof identitySchema>;

/** What a command of the compiler gave: standard output, and the file that it wrote. */
export interface Kept {
  stdout: Buffer;
  output: Buffer | undefined;
}

/**
 * Answers of the compiler, each kept under the digest of everything that it follows from: the bytes of the compiler, the
 * arguments, the files and standard input. So an answer is the one that the compiler would give again. An entry whose bytes are
 * not what was written is dropped. Nothing here ever fails: where the folder cannot be used, nothing is kept.
 */
export class Answers {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(key: string): Promise<Kept | undefined> {
    const bytes = await this.#read(key);
    if (bytes === undefined) return undefined;
    const length = bytes.readUInt32BE(0);
    const written = bytes[4] === 1;
    const output = written ? bytes.subarray(5 + length) : undefined;
    return { stdout: bytes.subarray(5, 5 + length), output };
  }

  async put(key: string, { stdout, output }: Kept): Promise<void> {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(stdout.length);
    head[4] = output === undefined ? 0 : 1;
    await this.#write(key, Buffer.concat([head, stdout, output ?? Buffer.alloc(0)]));
    await this.#forget().catch(() => {});
  }

  /**
   * The compiler behind a path, if it is the same file as when it was asked last, by size, times and place on the disk.
   * @returns undefined for one that was not asked yet, and for what may start another program: a script, a link to a chooser
   */
  async identity(path: string): Promise<Identity | undefined> {
    const bytes = await this.#read(await placeOf(path));
    const parsed = identitySchema.safeParse(bytes === undefined ? undefined : JSON.parse(bytes.toString()));
    return parsed.success ? parsed.data : undefined;
  }

  async identify(path: string, version: string): Promise<Identity | undefined> {
    const place = await placeOf(path);
    if (place === undefined) return undefined;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const identity = { version, digest: hash.digest('hex') };
    // The file may have changed while it was read.
    if ((await placeOf(path)) !== place) return undefined;
    await this.#write(place, Buffer.from(JSON.stringify(identity)));
    return identity;
  }

  async #read(key: string | undefined): Promise<Buffer | undefined> {
    if (key === undefined) return undefined;
    const file = join(this.#folder, key);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined || !(await isOurs(this.#folder))) return undefined;
    const content = bytes.subarray(32);
    if (bytes.length < 32 || !bytes.subarray(0, 32).equals(sha256(content))) {
      await rm(file, { force: true }).catch(() => {});
      return undefined;
    }
    const now = new Date();
    await utimes(file, now, now).catch(() => {});
    return content;
  }

  async #write(key: string, content: Buffer): Promise<void> {
    const file = join(this.#folder, key);
    const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      if (!(await isOurs(this.#folder))) return;
      await writeFile(temporary, Buffer.concat([sha256(content), content]), { mode: 0o600 });
      await rename(temporary, file);
    } catch {
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  async #forget(): Promise<void> {
    const names = await readdir(this.#folder);
    if (names.length <= MOST) return;
    const aged = await Promise.all(
      names.map(async (name) => ({ name, at: (await lstat(join(this.#folder, name))).mtimeMs })),
    );
    const old = aged.sort((a, b) => b.at - a.at).slice(MOST);
    await Promise.all(old.map(({ name }) => rm(join(this.#folder, name), { force: true })));
  }
}

/** Key of a question: everything that its answer follows from. */
export function keyOf(
  compiler: string,
  args: readonly string[],
  stdin: string,
  files: ReadonlyMap<string, Uint8Array>,
): string {
  const hash = createHash('sha256');
  const add = (data: string | Uint8Array) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    hash.update(`${bytes.length}:`).update(bytes);
  };
  for (const part of ['exhibit answer 1', compiler, String(args.length), ...args, stdin]) add(part);
  for (const [name, data] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    add(name);
    add(data);
  }
  return hash.digest('hex');
}

/** What somebody else can write into is not believed. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return false;
  if (process.getuid === undefined) return true;
  return found.uid === process.getuid() && (found.mode & 0o022) === 0;
}

/** Name for one state of one file, or undefined for a program that may hand over to another one. */
async function placeOf(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    if (!basename(real).startsWith('opa')) return undefined;
    const handle = await open(real);
    try {
      const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      if (buffer.toString('latin1') === '#!') return undefined;
    } finally {
      await handle.close();
    }
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(real, { bigint: true });
    return toHex(
      sha256(Buffer.from(['exhibit compiler 1', real, dev, ino, size, mtimeNs, ctimeNs].join('\0'))),
    );
  } catch {
    return undefined;
  }
}
