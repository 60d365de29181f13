import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readZip } from '../../verify/index.ts';
import { type ThreeDays, threeDays } from '../engagement/testing/three-days.ts';
import { packVerifiedSchema } from './schema.ts';
import { remake } from './testing/remake.ts';

const VERIFIER = fileURLToPath(new URL('../../verify/standalone.ts', import.meta.url));
const ENDS = ['.record.json', '.tlog-proof'];

let days: ThreeDays;
let id: string;
const at = (name: string) => join(days.machine.folder, name);
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
const make = async (name: string) => {
  const made = await days.machine.run('pack', id, '--evidence', days.folder, '--out', name);
  if (made.code !== 0) throw new Error(made.stderr);
};
/** The files beside one pack, put beside another. */
const beside = (from: string, to: string) => {
  for (const end of ENDS) copyFileSync(at(`${from}${end}`), at(`${to}${end}`));
};

type Verifier = (...args: string[]) => Promise<{ code: number | null; out: string; all: string }>;
const VERIFIERS: [string, Verifier][] = [
  [
    'exhibit verify pack',
    async (...args) => {
      const { code, stdout, stderr } = await days.machine.run(
        'verify',
        'pack',
        ...args,
        '--vkey',
        at('log.vkey'),
      );
      return { code, out: flat(stdout), all: flat(stdout + stderr) };
    },
  ],
  [
    'exhibit-verify.mjs',
    async (...args) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [VERIFIER, 'pack', ...args, '--vkey', 'log.vkey'],
        { cwd: days.machine.folder, encoding: 'utf8' },
      );
      return { code: status, out: flat(stdout), all: flat(stdout + stderr) };
    },
  ],
];

beforeAll(async () => {
  days = await threeDays();
  id = await days.open();
  copyFileSync(join(days.folder, 'keys', 'test.example_lake.vkey'), at('log.vkey'));
  await make('good.zip');
  await make('later.zip');
  // A report with another text of the same length, its digest mended in both lists, and the checksums of the ZIP.
  const forged = remake(readZip(readFileSync(at('good.zip'))), (file) => {
    if (file.path !== 'reports/framework.html') return file;
    const text = Buffer.from(file.bytes).toString();
    const bytes = Buffer.from(text.replace('failed', 'passed'));
    expect(bytes.length).toBe(file.bytes.length);
    expect(bytes.equals(file.bytes)).toBe(false);
    return { path: file.path, bytes };
  });
  writeFileSync(at('forged.zip'), forged);
  copyFileSync(at('good.zip'), at('bare.zip'));
}, 300_000);
afterAll(() => days.remove());

describe.each(VERIFIERS)('that a pack is the one on record: %s', { timeout: 60_000 }, (_, verify) => {
  it('is shown by the record and the proof beside it', async () => {
    const { code, out } = await verify('good.zip');
    expect(out).toMatch(/on record record \d+ of a log of \d+ has this digest/);
    expect(out).not.toContain('NOT SHOWN');
    expect(code).toBe(0);
  });

  it('is shown by a record and a proof that lie elsewhere', async () => {
    const { code } = await verify(
      ...['bare.zip', '--record', 'good.zip.record.json', '--proof', 'good.zip.tlog-proof'],
    );
    expect(code).toBe(0);
    const one = await verify('bare.zip', '--record', 'good.zip.record.json');
    expect(`${one.code} ${one.all}`).toMatch(/^2 .*USAGE.*--record and --proof go together.*next: /);
    const gone = await verify('bare.zip', '--record', 'nowhere', '--proof', 'good.zip.tlog-proof');
    expect(`${gone.code} ${gone.all}`).toMatch(/^2 .*NOT_FOUND/);
  });

  it('is not shown without them, and that is said first, with what it means', async () => {
    for (const name of ['bare.zip', 'forged.zip']) {
      const { code, out } = await verify(name);
      expect(out).toMatch(
        new RegExp(
          `^NOT SHOWN to be the pack on record: no ${name}\\.record\\.json and no ${name}\\.tlog-proof beside it\\. .*reports, answers and other files.*anybody could have changed them`,
        ),
      );
      expect(out).toMatch(/next:? .*--record and --proof/);
      expect(out).not.toContain('each byte accounted for');
      expect(code).toBe(3);
    }
  });

  it('is not shown by one of the two alone', async () => {
    copyFileSync(at('good.zip.record.json'), at('bare.zip.record.json'));
    const { code, out } = await verify('bare.zip');
    rmSync(at('bare.zip.record.json'));
    expect(out).toMatch(/^NOT SHOWN to be the pack on record: no bare\.zip\.tlog-proof beside it\./);
    expect(code).toBe(3);
  });

  it('is refused where the record contradicts the pack: a report was altered', async () => {
    beside('good.zip', 'forged.zip');
    const { code, all } = await verify('forged.zip');
    for (const end of ENDS) rmSync(at(`forged.zip${end}`));
    expect(all).toMatch(
      /PACK_INVALID .*forged\.zip\.record\.json.* of another pack: it says sha256:[0-9a-f]{64}, and this one is sha256:[0-9a-f]{64}/,
    );
    expect(all).toMatch(/next: .*Or the record lies beside the wrong pack/);
    expect(code).toBe(1);
  });

  it('is refused with the record of another good pack, a record of something else, and a proof that is none', async () => {
    const first = JSON.parse(readFileSync(at('later.zip.record.json'), 'utf8'));
    const opening = readZip(readFileSync(at('good.zip'))).filter(({ path }) => /^records\/\d+\./.test(path));
    for (const { path, bytes } of opening) writeFileSync(at(path.replace('/', '-')), bytes);
    const json = opening.find(({ path }) => path.endsWith('.json'))?.path.replace('/', '-') ?? '';
    writeFileSync(at('edited.json'), JSON.stringify({ ...first, message: 'another' }));
    writeFileSync(at('no.tlog-proof'), 'no proof');
    const cases: [string, string, RegExp][] = [
      ['later.zip.record.json', 'later.zip.tlog-proof', /PACK_INVALID .* of another pack/],
      [json, json.replace('.json', '.tlog-proof'), /PACK_INVALID .* is no record of a pack/],
      ['edited.json', 'later.zip.tlog-proof', /PROOF_INVALID .*later\.zip\.tlog-proof/],
      ['good.zip.record.json', 'no.tlog-proof', /PROOF_INVALID .*no\.tlog-proof/],
    ];
    for (const [record, proof, said] of cases) {
      const { code, all } = await verify('good.zip', '--record', record, '--proof', proof);
      expect(all, record).toMatch(said);
      expect(code, record).toBe(1);
    }
  });

  it('a pack that holds says apart whether its reports are complete', async () => {
    // The runs of these days do not hold as many decisions as they say, and nobody is expected to send.
    const files = readZip(readFileSync(at('good.zip')));
    const report = files.find(({ path }) => path === 'reports/report.json')?.bytes ?? new Uint8Array();
    const { standing } = JSON.parse(Buffer.from(report).toString());
    expect(standing.complete).toBe(false);
    const said = 'complete NOT COMPLETE: the reports say: ';
    expect((await verify('good.zip')).out).toContain(`${said}3 runs did not arrive whole`);
    const whole = remake(files, (file) => {
      if (file.path !== 'reports/report.json') return file;
      const changed = JSON.parse(Buffer.from(file.bytes).toString());
      changed.standing = { ...standing, complete: true, warnings: [] };
      return { path: file.path, bytes: Buffer.from(JSON.stringify(changed)) };
    });
    writeFileSync(at('whole.zip'), whole);
    expect((await verify('whole.zip')).out).toContain(
      'complete as its answers and reports say of themselves',
    );
    writeFileSync(
      at('silent.zip'),
      remake(files, (file) => (file.path === 'reports/report.json' ? undefined : file)),
    );
    expect((await verify('silent.zip')).out).toContain('complete NOT KNOWN');
  });
});

describe.each(VERIFIERS)('over a log of made-up data: %s', { timeout: 60_000 }, (name, verify) => {
  it('the first thing that is said is that it is evidence of nothing', async () => {
    const made = await threeDays({ anew: true, origin: 'demo.example/week' });
    const opened = await made.open();
    const out = at(`${name.replaceAll(/\W/g, '-')}.zip`);
    await made.machine.run('pack', opened, '--evidence', made.folder, '--out', out);
    copyFileSync(join(made.folder, 'keys', 'demo.example_week.vkey'), at('made.vkey'));
    await made.remove();
    const said = await verify(out, '--vkey', at('made.vkey'));
    expect(said.out).toMatch(
      /^GENERATED DATA: exhibit demo made this log up, company, people and verdicts\. It is evidence of nothing\. pack /,
    );
    expect(said.code).toBe(0);
    expect((await verify('good.zip')).all).not.toContain('GENERATED');
  });
});

describe('verify pack --json', () => {
  it('says whether it is the pack on record, and whether its reports are complete', async () => {
    const json = async (name: string) => {
      const { stdout } = await days.machine.run('verify', 'pack', name, '--vkey', at('log.vkey'), '--json');
      return packVerifiedSchema.parse(JSON.parse(stdout));
    };
    const good = await json('good.zip');
    expect(good.reports?.complete).toBe(false);
    expect(good.reports?.warnings.join(' ')).toContain('No source is registered as expected');
    expect(good.recorded?.index).toBe(good.log.size);
    expect(good).not.toHaveProperty('not_shown');
    const bare = await json('bare.zip');
    expect(bare.not_shown).toMatch(/^to be the pack on record: no bare\.zip\.record\.json/);
    expect(bare).not.toHaveProperty('recorded');
  });
});

describe('a log whose key was replaced', () => {
  it('shows its pack to who has the first key', async () => {
    const own = await threeDays();
    const opened = await own.open();
    const key = join(own.folder, 'keys', 'test.example_lake.vkey');
    copyFileSync(key, join(own.machine.folder, 'first.vkey'));
    const rotated = await own.machine.run('ledger', 'rotate-key', own.folder);
    expect(rotated.code).toBe(0);
    await own.machine.run('pack', opened, '--evidence', own.folder, '--out', 'pack.zip');
    const { code, stdout } = await own.machine.run('verify', 'pack', 'pack.zip', '--vkey', 'first.vkey');
    await own.remove();
    expect(flat(stdout)).toContain('has this digest');
    expect(code).toBe(0);
  });
});
