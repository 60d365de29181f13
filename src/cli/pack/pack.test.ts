import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalize, isExhibitError, toHex } from '../../record/index.ts';
import { formatZip, listFiles, type PackFile, parseVkey, readZip, verifyPack } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { type ThreeDays, threeDays } from '../engagement/testing/three-days.ts';
import { Machine } from '../testing/program.ts';
import { packSchema, packVerifiedSchema } from './schema.ts';

let days: ThreeDays;
let id: string;
beforeEach(async () => {
  days = await threeDays();
  id = await days.open();
});
afterEach(() => days.remove());

const path = (name: string) => join(days.machine.folder, name);
const vkey = () => readFileSync(join(days.folder, 'keys', 'test.example_lake.vkey'), 'utf8').trim();
const make = async (out = 'pack.zip') => {
  const made = await days.machine.run('pack', id, '--evidence', days.folder, '--out', out, '-o', 'json');
  if (made.stdout === '') throw new Error(made.stderr);
  return { code: made.code, ...packSchema.parse(JSON.parse(made.stdout)) };
};
const check = async (name = 'pack.zip') => {
  const { code, stdout, stderr } = await days.machine.run('verify', 'pack', name, '--vkey', vkey(), '--json');
  return { code, stdout, stderr };
};
const refusal = async (zip: Uint8Array) => {
  const keys = [parseVkey(nodeCrypto.sha256, vkey())];
  return verifyPack(zip, { keys, crypto: nodeCrypto }).then(
    () => 'holds',
    (error: unknown) => {
      if (!isExhibitError(error)) throw error;
      return `${error.code} ${error.location.file ?? ''} ${error.message}`;
    },
  );
};

describe('a pack', () => {
  it('has what the engagement rests on, and holds for who has only the key', async () => {
    const made = await make();
    expect(made).toMatchObject({ code: 0, incomplete: [] });
    const { code, stdout } = await check();
    const found = packVerifiedSchema.parse(JSON.parse(stdout));
    expect(code).toBe(0);
    // The opening, three manifests, one policy record; and the record that has the pack's digest is beside it.
    expect(found).toMatchObject({
      digest: made.digest,
      records: 5,
      manifests: 3,
      lake_files: 3,
      continuations: 2,
      recorded: { index: made.log.size, size: made.log.size + 1 },
    });
    const files = readZip(readFileSync(path('pack.zip')));
    const controls = JSON.parse(
      Buffer.from(files.find((file) => file.path === 'controls.json')?.bytes ?? []).toString(),
    );
    expect(controls[0]).toMatchObject({
      control: 'cc6.1',
      decisions: 5,
      verdicts: { pass: 3, fail: 1, waived: 1 },
    });
    expect(files.some((file) => /a\.5\.9|iso27001/.test(file.path))).toBe(false);
  });

  it('is the same, byte for byte, from the same evidence', async () => {
    const copy = path('copy');
    cpSync(days.folder, copy, { recursive: true });
    await make('one.zip');
    // Another machine, another day.
    const other = new Machine('2026-11-20T00:00:00Z');
    const made = await other.run('pack', id, '--evidence', copy, '--out', path('two.zip'));
    expect(`${made.code} ${made.stderr}`).toBe('0 ');
    expect(readFileSync(path('two.zip')).equals(readFileSync(path('one.zip')))).toBe(true);
  });

  it('is found out with any one bit changed, and the place is named', { timeout: 120_000 }, async () => {
    await make();
    const zip = readFileSync(path('pack.zip'));
    const spans = spansOf(zip);
    for (let round = 0; round < 300; round += 1) {
      const at = round < spans.length ? (spans[round]?.start ?? 0) : randomInt(zip.length);
      const changed = Uint8Array.from(zip);
      changed[at] = (changed[at] ?? 0) ^ (1 << randomInt(8));
      const said = await refusal(changed);
      const file = spans.find(({ start, end }) => at >= start && at < end)?.path;
      expect(said, `byte ${at} of ${file ?? 'the directory'}`).toMatch(/^PACK_INVALID /);
      if (file !== undefined) expect(said).toContain(file);
      else expect(said).toMatch(/bytes? \d+|name of its file|longer than|behind its end/);
    }
  });

  it('is found out by its record where it was made anew with other answers', async () => {
    await make();
    const files = readZip(readFileSync(path('pack.zip')));
    // Consistent in itself: the rows, their digest and all lists are new. What the pack says of itself is not what the log says.
    const remade = remake(files, (file) => {
      if (file.path !== 'answers/framework-verdicts.answer.json') return file;
      const answer = JSON.parse(Buffer.from(file.bytes).toString());
      answer.rows = answer.rows.filter((row: unknown[]) => !row.includes('fail'));
      answer.row_count = answer.rows.length;
      const rows = answer.rows.map((row: unknown[]) => canonicalize(row as never)).sort();
      const names = canonicalize(answer.columns.map(({ name }: { name: string }) => name));
      const digest = toHex(nodeCrypto.sha256(Buffer.from(`{"columns":${names},"rows":[${rows.join(',')}]}`)));
      answer.result_digest = `sha256:${digest}`;
      return { path: file.path, bytes: Buffer.from(canonicalize(answer)) };
    });
    writeFileSync(path('pack.zip'), remade, { mode: 0o644 });
    const { code, stdout } = await check();
    expect(code).toBe(1);
    expect(stdout).toContain('the record beside the pack is of another pack');
  });

  it.each([
    ['a record without its proof', 'records/0.tlog-proof', undefined, /records\/0\.json has no proof/],
    ['a record of another index', 'records/0.json', 'records/1.json', /PROOF_INVALID|has no proof|is record/],
    ['no checkpoint', 'log/checkpoint', undefined, /log\/checkpoint is missing/],
    ['no proof that the log goes on', 'continuations.json', undefined, /continuations.json is missing/],
    ['no list of files of a day', 'blobs', undefined, /list of files that .* is missing/],
  ])('is refused with %s, though its lists are made anew', async (_, from, to, expected) => {
    await make();
    const files = readZip(readFileSync(path('pack.zip')));
    const remade = remake(files, (file) => {
      if (!file.path.startsWith(from)) return file;
      return to === undefined ? undefined : { ...file, path: to };
    });
    expect(await refusal(remade)).toMatch(expected);
  });

  it('is refused with a proof that leads to another checkpoint, though the same key signed that', async () => {
    await make();
    await make('later.zip');
    const later = new Map(readZip(readFileSync(path('later.zip'))).map((file) => [file.path, file]));
    const remade = remake(readZip(readFileSync(path('pack.zip'))), (file) =>
      file.path === 'records/0.tlog-proof' ? later.get(file.path) : file,
    );
    expect(await refusal(remade)).toContain('leads to another checkpoint than that of the pack');
  });

  it('is refused with the key of somebody else, and without a key nothing is said', async () => {
    await make();
    const other = await threeDays();
    const key = readFileSync(join(other.folder, 'keys', 'test.example_lake.vkey'), 'utf8').trim();
    await other.remove();
    const { code, stdout } = await days.machine.run('verify', 'pack', 'pack.zip', '--vkey', key);
    expect(`${code} ${stdout}`).toContain('1 DOES NOT HOLD  CHECKPOINT_INVALID');
    const none = await days.machine.run('verify', 'pack', 'pack.zip');
    expect(`${none.code} ${none.stderr}`).toContain('--vkey is missing');
  });

  it('is not written over, nor made of an engagement that is over', async () => {
    await make();
    expect((await days.machine.run('pack', id, '--evidence', days.folder, '--out', 'pack.zip')).code).toBe(2);
    await days.run('engagement', 'close', id, '--reason', 'done');
    expect((await days.machine.run('pack', id, '--evidence', days.folder, '--out', 'late.zip')).code).toBe(4);
    expect(existsSync(path('late.zip'))).toBe(false);
  });

  it('opens with unzip, and its sums hold for sha256sum', async () => {
    await make();
    const folder = path('opened');
    mkdirSync(folder);
    const said = execFileSync(
      'python3',
      [
        '-c',
        'import zipfile,sys; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip()); z.extractall(sys.argv[2])',
        path('pack.zip'),
        folder,
      ],
      { encoding: 'utf8' },
    );
    expect(said.trim()).toBe('None');
    execFileSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd: folder, stdio: 'ignore' });
  });
});

/** Where each file lies, with its header. */
function spansOf(zip: Buffer): { path: string; start: number; end: number }[] {
  let at = 0;
  return readZip(zip).map(({ path: name, bytes }) => {
    // The name in a header that is damaged is not the name: the place after it is.
    const start = at + 30 + name.length;
    at = start + bytes.length;
    return { path: name, start, end: at };
  });
}

function remake(files: readonly PackFile[], change: (file: PackFile) => PackFile | undefined): Uint8Array {
  const contents = JSON.parse(Buffer.from(files[0]?.bytes ?? []).toString());
  const { schema: _, files: __, ...about } = contents;
  const kept = files
    .slice(2)
    .map(change)
    .filter((file) => file !== undefined);
  return formatZip([...listFiles(about, kept, nodeCrypto.sha256), ...kept]);
}
