import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalize, isExhibitError, toHex } from '../../record/index.ts';
import { parseVkey, readZip, verifyPack } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { SCOPE, type ThreeDays, threeDays } from '../engagement/testing/three-days.ts';
import { Machine } from '../testing/program.ts';
import { packSchema, packVerifiedSchema } from './schema.ts';
import { remake } from './testing/remake.ts';

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

describe('a pack', { timeout: 180_000 }, () => {
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

  it('holds samples, saved questions, requests, documents and reports, each with what it rests on', async () => {
    const { run, machine } = days;
    const about = ['--control', 'soc2/cc6.1', ...SCOPE.slice(2)];
    const steps: string[][] = [
      ['sample', ...about, '--nonce', '4f1d6c0f5a0e4b7c9d1e', '--size', '2', '--census', '0'],
      ['query', 'waived-decisions', ...about, '--save', 'waived', '--keep-rows'],
      ['engagement', 'request', id, 'Who approved OV-1?', '--control', 'cc6.1', '--as', 'ada'],
      [
        'manual',
        'add',
        path('minutes.md'),
        '--control',
        'soc2/cc7.2',
        '--title',
        'Minutes',
        '--valid-until',
        '2027-01-31',
        '--as',
        'adam',
      ],
    ];
    writeFileSync(join(machine.folder, 'minutes.md'), '# Minutes <script>alert(1)</script>\n');
    for (const step of steps) {
      const { code, stderr } = await run(...step);
      if (code !== 0 && code !== 3) throw new Error(`${step[0]}: ${code} ${stderr}`);
    }
    await make();
    const files = new Map(readZip(readFileSync(path('pack.zip'))).map((file) => [file.path, file.bytes]));
    const json = (name: string) => JSON.parse(Buffer.from(files.get(name) ?? []).toString());
    const [saved] = json('saved-questions.json');
    expect(saved).toMatchObject({ name: 'waived', query: { text: expect.stringContaining('SELECT') } });
    const [item] = json('manual.json');
    expect(item).toMatchObject({ title: 'Minutes', verdict: 'not_evaluated', in_force: false });
    expect(json('requests.json')).toMatchObject([{ text: 'Who approved OV-1?', control: 'cc6.1' }]);
    for (const digest of [item.digest, saved.rows_digest])
      expect(files.has(`blobs/sha256/${digest.slice(7)}`)).toBe(true);
    const sample = [...files.keys()].find((name) => name.startsWith('samples/')) ?? '';
    const drawn = json(sample).items.map(({ row }: { row: { log_index: number } }) => row.log_index);
    expect(drawn).toHaveLength(2);
    for (const index of [...drawn, saved.log_index, item.log_index, json(sample).draw.log_index])
      expect(files.has(`records/${index}.tlog-proof`), `record ${index}`).toBe(true);
    const made = [...files.keys()].filter((name) => name.startsWith('reports/')).sort();
    expect(made).toEqual([
      'reports/all.csv',
      'reports/all.pdf',
      'reports/assessment-results.oscal.json',
      'reports/completeness.html',
      'reports/control.html',
      'reports/framework.html',
      'reports/methodology.html',
      'reports/overrides.html',
      'reports/report.json',
    ]);
    const found = packVerifiedSchema.parse(JSON.parse((await check()).stdout));
    expect(found.samples).toBe(1);

    // The pack is made anew, consistent in itself, with another decision in the place of one that was drawn.
    const other = remake(readZip(readFileSync(path('pack.zip'))), (file) => {
      if (file.path !== sample) return file;
      const { items, ...rest } = JSON.parse(Buffer.from(file.bytes).toString());
      return { ...file, bytes: Buffer.from(canonicalize({ ...rest, items: items.toReversed() })) };
    });
    expect(await refusal(other)).toContain('its items are not those of the draw');
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

  it('is found out with any one bit changed, and the place is named', async () => {
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
    const other = await threeDays({ anew: true });
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
