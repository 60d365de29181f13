import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initLedger, openLedger, verifyLedger } from './index.ts';
import { decision } from './testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const options = { clock: () => NOW, random: (length: number) => randomBytes(length) };
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}` as const;
const pathOf = (text: string) => {
  const hex = digestOf(text).slice(7);
  return join(folder, 'blobs', 'sha256', hex.slice(0, 2), hex.slice(2));
};
let folder: string;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'exhibit-blobs-')), 'ledger');
  await initLedger(folder, { origin: 'example.com/blobs', ...options });
  const ledger = await openLedger(folder, options);
  for (const text of ['input', 'details', 'map', 'raw', 'nobody names this'])
    await ledger.putBlob(Buffer.from(text));
  await ledger.append('ci', [
    decision('ci', NOW, { input_ref: digestOf('input'), control_map_digest: digestOf('map') }),
    decision('ci', NOW, { details: { deep: [{ details_ref: digestOf('details') }] } }),
    decision('ci', NOW, { raw_digest: digestOf('raw'), control_map_digest: digestOf('map') }),
    // Never stored: a digest of raw output, an image, a text that looks like a member.
    decision('ci', NOW, {
      raw_digest: digestOf('other raw'),
      message: `"input_ref":"${digestOf('text')}"`,
      details: { image_ref: digestOf('image') },
    }),
  ]);
  await ledger.seal();
  await ledger.close();
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const change = (text: string) => {
  chmodSync(pathOf(text), 0o644);
  writeFileSync(pathOf(text), `${text}!`);
};

describe.each([
  ['in a pass of its own', { threads: 0 }],
  ['in the threads that read the entries', { threads: 2 }],
  ['in threads that read around the page cache', { threads: 2, direct: true }],
  ['in a pass of its own beside threads', { threads: 2, records: false }],
])('%s', (_how, how) => {
  const blobs = async () => (await verifyLedger(folder, how)).blobs;

  it('reads each blob that a record names', async () => {
    expect(await blobs()).toEqual({ whole: 4, missing: 0, differ: 0, problems: [] });
  });

  it('names what is missing, and the first record that names it', async () => {
    for (const text of ['input', 'details', 'map', 'raw']) rmSync(pathOf(text));
    // Raw output need not be stored, so nobody can say that it is missing.
    expect(await blobs()).toEqual({
      whole: 0,
      missing: 3,
      differ: 0,
      problems: [
        { kind: 'missing', digest: digestOf('map'), index: 0, member: 'control_map_digest' },
        { kind: 'missing', digest: digestOf('input'), index: 0, member: 'input_ref' },
        { kind: 'missing', digest: digestOf('details'), index: 1, member: 'details_ref' },
      ],
    });
  });

  it('names what differs, also where it need not be there', async () => {
    change('raw');
    change('details');
    change('nobody names this');
    expect(await blobs()).toEqual({
      whole: 2,
      missing: 0,
      differ: 2,
      problems: [
        { kind: 'differs', digest: digestOf('details'), index: 1, member: 'details_ref' },
        { kind: 'differs', digest: digestOf('raw'), index: 2, member: 'raw_digest' },
      ],
    });
  });
});

it('names a record that was changed, by threads, without any, and by as many as a log of its length gets', async () => {
  const file = join(folder, 'log', 'tile', 'entries', '000.p', '4');
  const bytes = readFileSync(file);
  const at = bytes.indexOf('image_ref');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
  for (const how of [{ threads: 2 }, { threads: 2, direct: true }, { threads: 0 }, {}])
    await expect(verifyLedger(folder, how)).rejects.toThrow(/record 3 .*the record was edited/);
});

it('looks at none where that is asked for', async () => {
  expect(await verifyLedger(folder, { threads: 0, blobs: false })).not.toHaveProperty('blobs');
});
