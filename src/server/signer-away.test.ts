import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { rotateKey } from '../ledger/index.ts';
import { decision } from '../ledger/testing/records.ts';
import { type Harness, harness, lines } from './testing/harness.ts';

let at: Harness;
afterEach(() => at.remove());

const NOW = Date.parse('2026-11-25T12:00:00Z');
const post = (sequence: number) =>
  at.send('/v1/records', {
    method: 'POST',
    body: lines([{ ...decision('ci/shop', NOW), sequence }]),
  });
const metrics = async () => (await at.send('/metrics', { token: at.tokens.engineer })).text();

it('a signer that is away: records are acknowledged up to the limit, it is seen, and all is sealed when it is back', async () => {
  at = await harness();
  await at.stop();
  const path = join(at.folder, 'log.pem');
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  await rotateKey(join(at.folder, 'evidence'), {
    clock: Date.now,
    random: (length) => randomBytes(length),
    signer: `file:${path}`,
  });
  await at.restart({ seal_milliseconds: 50, limits: { unsealed_records: 3 } });
  expect((await post(0)).status).toBe(200);
  await expect.poll(metrics, { timeout: 20_000 }).toMatch(/^exhibit_unsealed_records 0$/m);
  await rename(path, `${path}.away`);
  for (const sequence of [1, 2, 3]) expect((await post(sequence)).status).toBe(200);
  await expect.poll(metrics, { timeout: 20_000 }).toMatch(/^exhibit_seal_failing 1$/m);
  expect(await metrics()).toMatch(/^exhibit_seal_errors_total\{code="LEDGER_KEY"\} [1-9]/m);
  // Nothing is dropped and nothing is promised: whoever comes now is told to wait.
  const refused = await post(4);
  expect([refused.status, await refused.json()]).toEqual([
    429,
    expect.objectContaining({ code: 'SERVER_BUSY' }),
  ]);
  expect(at.log).toContainEqual(expect.objectContaining({ level: 'error', event: 'seal failed' }));
  await rename(`${path}.away`, path);
  await expect.poll(metrics, { timeout: 20_000 }).toMatch(/^exhibit_unsealed_records 0$/m);
  expect(await metrics()).toMatch(/^exhibit_seal_failing 0$/m);
  expect((await post(4)).status).toBe(200);
  const sequences = (await at.records())
    .filter(({ emitter }) => emitter === 'ci/shop')
    .map(({ sequence }) => sequence);
  expect(sequences).toEqual([0, 1, 2, 3, 4]);
});
