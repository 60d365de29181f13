import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/cli/testing/program.ts';
import { cosign, why } from './cosign.ts';
import { attested, must, TYPE } from './gate.ts';

describe.skipIf(why !== '')(`cosign${why}`, () => {
  let gate: Machine;
  beforeAll(async () => {
    gate = await attested();
  });

  /** Offline: a key, and no transparency log. */
  const verify = (bundle: string, key: string, ...what: string[]) =>
    cosign(
      gate.folder,
      ...[
        'verify-blob-attestation',
        '--bundle',
        bundle,
        '--key',
        key,
        '--insecure-ignore-tlog',
        '--type',
        TYPE,
      ],
      ...what,
    );

  it.each(['ecdsa-p256', 'ed25519'])('verifies a bundle of ours, by a key %s', (type) => {
    const ended = verify(`${type}.sigstore.json`, `${type}.pub.pem`, 'boxes.json');
    expect(ended).toEqual({ code: 0, output: expect.stringContaining('Verified OK') });
  });

  it('verifies the content digest of an object, which is no file', async () => {
    const shown = await must(gate, 'attest', 'show', 'ecdsa-p256.sigstore.json');
    const [, hex = ''] = /kubernetes-object \S+ sha256:([0-9a-f]{64})/.exec(shown) ?? [];
    const what = ['--digest', hex, '--digestAlg', 'sha256'];
    expect(verify('ecdsa-p256.sigstore.json', 'ecdsa-p256.pub.pem', ...what).code).toBe(0);
  });

  it.each([
    ['another file', 'ecdsa-p256.pub.pem', 'ecdsa-p256.sigstore.json', 'shop.yaml'],
    ['another key', 'ed25519.pub.pem', 'ecdsa-p256.sigstore.json', 'boxes.json'],
  ])('refuses %s, as we do', async (_what, key, bundle, file) => {
    expect(verify(bundle, key, file).code).toBe(1);
    const ours = await gate.run('attest', 'verify', bundle, '--key', key, '--subject', file);
    expect(ours.code).toBe(1);
  });

  it('signs our statement, alone and in a bundle, and we verify both', async () => {
    const { folder } = gate;
    const statement = await must(gate, 'attest', 'show', 'ecdsa-p256.sigstore.json', '--json');
    writeFileSync(join(folder, 'statement.json'), statement);
    const imported = cosign(
      folder,
      'import-key-pair',
      '--key',
      'ecdsa-p256.pem',
      '--output-key-prefix',
      'cs',
    );
    expect(imported).toMatchObject({ code: 0 });
    const sign = (...more: string[]) =>
      cosign(
        folder,
        ...['attest-blob', '--key', 'cs.key', '--statement', 'statement.json', '--yes'],
        ...['--tlog-upload=false', '--use-signing-config=false'],
        ...more,
      );
    expect(sign('--bundle', 'cosign.sigstore.json')).toMatchObject({ code: 0 });
    // The old form: the envelope itself, without a bundle around it.
    const old = sign('--new-bundle-format=false', '--output-signature', 'cosign.intoto.jsonl');
    expect(old).toMatchObject({ code: 0 });
    for (const file of ['cosign.sigstore.json', 'cosign.intoto.jsonl']) {
      const verifying = ['attest', 'verify', file, '--subject', 'boxes.json'];
      await must(gate, ...verifying, '--key', 'cs.pub');
      expect((await gate.run(...verifying, '--key', 'ed25519.pub.pem')).code).toBe(1);
    }
  });

  it('an encrypted key of cosign is not read, and the message says what to do', async () => {
    const flags = ['--attest', 'x.sigstore.json', '--attest-key', 'cs.key'];
    const { code, stderr } = await gate.run('check', 'boxes.json', ...flags);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('cosign encrypted') });
  });
});
