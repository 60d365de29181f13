import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../../ledger/index.ts';
import { parseRecord, SCHEMA } from '../../record/index.ts';
import { type PackFile, readZip, STAMP_EMITTER } from '../../verify/index.ts';
import { packVerifiedSchema } from './schema.ts';
import { type AnchoredPack, anchoredPack } from './testing/anchored-pack.ts';
import { remake } from './testing/remake.ts';

const LOG = ['--vkey', 'log.vkey'];
const WITNESSES = ['--vkey', 'w1.vkey', '--vkey', 'w2.vkey'];
const TSA = ['--tsa-root', 'tsa.pem'];
let pack: AnchoredPack;
beforeAll(async () => {
  pack = await anchoredPack();
}, 300_000);
afterAll(() => pack.remove());

const file = (name: string) => join(pack.folder, name);
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
const files = () => readZip(readFileSync(file('pack.zip')));
const of = (path: string) => Buffer.from(files().find((one) => one.path === path)?.bytes ?? []);
const verify = async (...more: string[]) => {
  const { code, stdout } = await pack.run('verify', 'pack', 'pack.zip', ...LOG, ...more, '--json');
  return { code, ...packVerifiedSchema.parse(JSON.parse(stdout)) };
};
/** What is said of the pack with some files changed, whose lists are made anew: no record has its digest, so where it holds together the code is 3. */
const changed = async (change: (one: PackFile) => PackFile | undefined, ...more: string[]) => {
  writeFileSync(file('changed.zip'), remake(files(), change));
  const { code, stdout, stderr } = await pack.run('verify', 'pack', 'changed.zip', ...LOG, ...more);
  return `${code} ${flat(stdout)}${flat(stderr)}`;
};
const flipped = (bytes: Uint8Array, at: number) =>
  Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
/** The records of time stamps in the pack, by index. */
const stamps = () =>
  files()
    .filter(({ path }) => /^records\/\d+\.json$/.test(path))
    .map(({ path, bytes }) => ({ path, record: parseRecord(Buffer.from(bytes)) }))
    .filter(({ record }) => record.record_type === 'timestamp');
const tokenPath = (at: number) =>
  `blobs/sha256/${String(stamps()[at]?.record.details?.blob).slice('sha256:'.length)}`;

describe('a pack of a log with time stamps and witnesses', { timeout: 120_000 }, () => {
  it('says which level was reached, by what the reader believes in', async () => {
    const alone = await verify();
    expect(alone).toMatchObject({ code: 0, time_stamps: 2, witnessed: { by: 0, of: 0, size: 0 } });
    expect(alone.level).toMatch(
      /^hashed; signed by test\.example\/lake\+\S+; not witnessed \(no witness key was given\); time stamps were not checked \(the pack has 2; give --tsa-root\)$/,
    );
    expect(alone.stamped).toBeUndefined();
    const all = await verify(...WITNESSES, ...TSA);
    const [first, last] = stamps().map(({ record }) => record.details?.size as number);
    const cosigned = Number(of('log/cosigned').toString().split('\n')[1]);
    // Co-signed after the first stamp; then came a request, and the second stamp.
    expect([first, cosigned, last]).toEqual([first, cosigned, last].toSorted((a = 0, b = 0) => a - b));
    expect(all).toMatchObject({
      code: 0,
      witnessed: { by: 2, of: 2, size: cosigned },
      stamped: { tokens: 2, uncovered: 1, newest: { size: last, tsa: 'Test tsa', accuracy: 1_500 } },
    });
    expect(all.level).toMatch(
      new RegExp(
        `witnessed by 2 of 2 \\(w1\\.example\\.org at \\S+, w2\\.example\\.org at \\S+\\) up to size ${all.witnessed.size} of ${all.log.size}; .*; time-stamped: the first ${last} records, not the 1 after them, at \\S+ by Test tsa, to 1\\.5 s \\(2 checked\\)$`,
      ),
    );
    expect(all.continuations).toBe(5);
  });

  it('counts a witness that is not believed, or did not co-sign, as none', async () => {
    expect((await verify('--vkey', 'stranger.vkey')).level).toContain('witnessed by 0 of 1;');
    const mixed = await verify('--vkey', 'stranger.vkey', '--vkey', 'w1.vkey');
    expect(mixed.witnessed).toMatchObject({ by: 1, of: 2 });
    // Without the note the log is witnessed by nobody, and its proof is of nothing.
    const without = await changed(
      ({ path, bytes }) => {
        if (path === 'log/cosigned') return undefined;
        if (path !== 'continuations.json') return { path, bytes };
        const kept = JSON.parse(Buffer.from(bytes).toString()).filter(
          ({ of }: { of: string }) => of !== 'witnessed',
        );
        return { path, bytes: Buffer.from(JSON.stringify(kept)) };
      },
      ...WITNESSES,
    );
    expect(without).toMatch(/^3 .*witnessed by 0 of 2;/);
  });

  it('does not hold with a bit flipped in a cosignature, or with one of an older checkpoint under a newer one', async () => {
    const note = of('log/cosigned');
    const line = note.toString().indexOf('— w1.example.org');
    // Within the base64 of the signature, behind key id and time.
    const bit =
      Buffer.byteLength(note.toString().slice(0, line)) + Buffer.byteLength('— w1.example.org ') + 40;
    const bad = await changed(
      (one) => (one.path === 'log/cosigned' ? { ...one, bytes: flipped(note, bit) } : one),
      ...WITNESSES,
    );
    expect(bad).toMatch(/^1 DOES NOT HOLD CHECKPOINT_INVALID log\/cosigned/);
    // Who does not know the witness does not look at its signature: it counts for nothing.
    const [, cosignatures = ''] = /\n\n— test[^\n]*\n([\s\S]*)$/.exec(note.toString()) ?? [];
    expect(cosignatures.split('\n')).toHaveLength(3);
    const moved = Buffer.from(`${of('log/checkpoint').toString()}${cosignatures}`);
    for (const path of ['log/cosigned', 'log/checkpoint'])
      expect(
        await changed((one) => (one.path === path ? { ...one, bytes: moved } : one), ...WITNESSES),
      ).toMatch(new RegExp(`^1 DOES NOT HOLD (CHECKPOINT_INVALID ${path}|PACK_INVALID)`));
  });

  it('does not hold with a token of another authority, and is not time-stamped for who believes in that alone', async () => {
    const { code, stdout } = await pack.run('verify', 'pack', 'pack.zip', ...LOG, '--tsa-root', 'other.pem');
    expect(`${code} ${flat(stdout)}`).toMatch(
      /^1 DOES NOT HOLD TIMESTAMP_INVALID record \d+ .*\(chain\).*no authority that was given/,
    );
    expect((await verify(...TSA, '--tsa-root', 'other.pem')).stamped?.tokens).toBe(2);
    const policy = await pack.run('verify', 'pack', 'pack.zip', ...LOG, ...TSA, '--tsa-policy', '1.2.3');
    expect(`${policy.code} ${flat(policy.stdout)}`).toMatch(
      /^1 DOES NOT HOLD TIMESTAMP_INVALID .*\(policy\)/,
    );
  });

  it('does not hold with a bit flipped in a token, under its name or under a new one', async () => {
    const path = tokenPath(1);
    const bad = flipped(of(path), 200);
    expect(await changed((one) => (one.path === path ? { ...one, bytes: bad } : one))).toMatch(
      new RegExp(`^1 DOES NOT HOLD PACK_INVALID ${path}`),
    );
    // The record names the right one, which is missing then: not known is no pass.
    const gone = await changed((one) => (one.path === path ? undefined : one), ...TSA);
    expect(gone).toMatch(/^3 .*BLOB_MISSING.*the token \S+ is not in the pack/);
  });

  it('does not hold with a proof that leads from another state than was stamped, or from none that was', async () => {
    const proofs = JSON.parse(of('continuations.json').toString()) as {
      of: string;
      size: number;
      root: string;
    }[];
    const other = proofs.find(({ of }) => of === 'opening');
    const withProofs = (list: unknown[]) =>
      changed((one) =>
        one.path === 'continuations.json' ? { ...one, bytes: Buffer.from(JSON.stringify(list)) } : one,
      );
    expect(
      await withProofs(proofs.filter(({ of }, at) => of !== 'stamped' || at !== proofs.length - 1)),
    ).toMatch(
      /^1 DOES NOT HOLD PACK_INVALID records\/\d+\.json .*no proof leads from the state that the time stamp/,
    );
    expect(await withProofs([...proofs, { ...other, of: 'stamped' }])).toMatch(
      /^1 DOES NOT HOLD PACK_INVALID continuations\.json .*no record of it names/,
    );
  });

  it('is not made of a log whose time stamp is over another root; a stamp over other bytes does not hold', async () => {
    const [real] = stamps();
    const details = real?.record.details as Record<string, string | number>;
    const { days, id } = pack;
    /** What somebody does who writes the log: a record of a time stamp that says something else. */
    const lie = async (checkpoint: string) => {
      const ledger = await openLedger(days.folder, {
        clock: () => days.machine.now,
        random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      });
      await ledger.append(
        STAMP_EMITTER,
        [
          {
            ...{
              schema: SCHEMA,
              record_type: 'timestamp',
              emitter: STAMP_EMITTER,
              layer: 'evidence',
              tool: 'exhibit',
            },
            record_id: `0192f0c1-0000-7000-8000-${String(days.machine.now % 1e12).padStart(12, '0')}`,
            observed_at: new Date(days.machine.now).toISOString(),
            details: { ...details, checkpoint },
          },
        ],
        { validated: true },
      );
      await ledger.seal();
      await ledger.close();
    };
    // Of the log as it was at the opening, whose token is another's.
    const proofs = JSON.parse(of('continuations.json').toString());
    const opening = proofs.find(({ of }: { of: string }) => of === 'opening');
    const body = (root: string) =>
      `test.example/lake\n${opening.size}\n${Buffer.from(root, 'hex').toString('base64')}\n`;
    days.machine.now = Date.now();
    await lie(body(opening.root));
    const taken = await pack.run('pack', id, '--evidence', days.folder, '--out', 'other-bytes.zip');
    expect(`${taken.code} ${taken.stderr}`).toBe('0 ');
    const checked = await pack.run('verify', 'pack', 'other-bytes.zip', ...LOG, ...TSA);
    expect(`${checked.code} ${flat(checked.stdout)}`).toMatch(
      /^1 DOES NOT HOLD TIMESTAMP_INVALID record \d+ .*something else than this checkpoint/,
    );
    days.machine.now += 1;
    await lie(body('ab'.repeat(32)));
    const refused = await pack.run('pack', id, '--evidence', days.folder, '--out', 'other-root.zip');
    expect(`${refused.code} ${flat(refused.stderr)}`).toMatch(
      /^3 error PROOF_INVALID: .*the time stamp at record \d+ names/,
    );
  });
});
