import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openReader } from '../../ledger/index.ts';
import { type Digest, type EvidenceRecord, parseRecord } from '../../record/index.ts';
import { parseSummary, readEnvelope } from '../../verify/index.ts';
import { DIGEST, deployment, OPEN, policyRepository, SEALED } from '../testing/attest-policies.ts';
import { type Ended, Machine } from '../testing/program.ts';

const DEPLOYMENT = deployment();

const bundles = { first: '', weekly: '' };
let key = '';

beforeAll(async () => {
  const repository = await policyRepository();
  key = repository.key;
  bundles.first = await repository.publish('first');
  bundles.weekly = await repository.publish('weekly', '--valid-days', '3');
}, 120_000);

class Gate extends Machine {
  write(name: string, text: string): this {
    writeFileSync(join(this.folder, name), text);
    return this;
  }
  check(files: string[], ...more: string[]): Promise<Ended> {
    return this.with('first', files, '--attest', 'pass.intoto.jsonl', '--attest-key', 'attest.pem', ...more);
  }
  with(bundle: keyof typeof bundles, files: string[], ...more: string[]): Promise<Ended> {
    return this.run('check', ...files, '--bundle', bundles[bundle], '--bundle-key', key, ...more);
  }
  get written(): boolean {
    return existsSync(join(this.folder, 'pass.intoto.jsonl'));
  }
  summary(file = 'pass.intoto.jsonl') {
    return parseSummary(readEnvelope(readFileSync(join(this.folder, file))).envelope.payload);
  }
  verify(subject: string, ...more: string[]): Promise<Ended> {
    const flags = ['--key', 'attest.pub.pem', '--subject', subject, ...more];
    return this.run('attest', 'verify', 'pass.intoto.jsonl', ...flags);
  }
}

let gate: Gate;
beforeEach(async () => {
  gate = new Gate('2026-11-21T12:00:00Z').write('boxes.json', SEALED).write('shop.yaml', DEPLOYMENT);
  expect((await gate.run('attest', 'keygen')).code).toBe(0);
});

describe('a run that passes', () => {
  it('is attested: objects, images by digest, files; and what is not is listed with why', async () => {
    const { code, stderr } = await gate.check(['boxes.json', 'shop.yaml']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('attested 3 subjects') });
    const { subjects, predicate, extension } = gate.summary();
    expect(subjects.map(({ name, annotations }) => [annotations.kind, name])).toEqual([
      ['file', 'boxes.json'],
      ['kubernetes-object', 'apps/v1/Deployment/shop/web'],
      ['image', 'registry.example.com:5000/shop/web'],
    ]);
    expect(extension.not_attested.map(({ kind, name, why }) => [kind, name, why])).toEqual([
      ['image', 'registry.example.com/log:2', expect.stringContaining('can become another')],
      ['kubernetes-object', 'v1/ConfigMap/settings', 'no policy applies to it'],
    ]);
    expect(extension.objects.map(({ kind, namespace, name }) => [kind, namespace, name])).toEqual([
      ['Deployment', 'shop', 'web'],
    ]);
    expect(predicate).toMatchObject({
      verifier: { id: 'urn:exhibit:check' },
      timeVerified: '2026-11-21T12:00:00.000Z',
      verificationResult: 'PASSED',
      verifiedLevels: ['EXHIBIT_CI'],
      policy: { uri: 'urn:exhibit:policy:fixture' },
    });
    expect(extension).toMatchObject({ layer: 'ci', fail_on: 'high', expires: '2026-11-28T12:00:00.000Z' });
    expect(extension.bundle.serial).toBe(Date.parse('2026-11-01T00:00:00Z') / 1000);
  });

  it('holds for what was judged, and for nothing else', async () => {
    await gate.check(['boxes.json', 'shop.yaml']);
    expect((await gate.verify('boxes.json')).code).toBe(0);
    expect((await gate.verify(`registry.example.com:5000/shop/web@sha256:${DIGEST}`)).code).toBe(0);
    // The second object of the file is judged by no policy.
    expect(await gate.verify('shop.yaml')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('no policy applies to it'),
    });
    gate.write('shop.yaml', DEPLOYMENT.split('---')[0] ?? '');
    expect((await gate.verify('shop.yaml')).code).toBe(0);
    gate.write('shop.yaml', (DEPLOYMENT.split('---')[0] ?? '').replace('owner: team', 'owner: x'));
    expect((await gate.verify('shop.yaml')).code).toBe(1);
    gate.write('boxes.json', `${SEALED} `);
    expect((await gate.verify('boxes.json')).code).toBe(1);
  });

  it('holds for the days that are asked for, and never beyond the signature of the bundle', async () => {
    await gate.check(['boxes.json'], '--attest-days', '2');
    expect(gate.summary().extension.expires).toBe('2026-11-23T12:00:00.000Z');
    const flags = ['--attest', 'pass.intoto.jsonl', '--attest-key', 'attest.pem'];
    await gate.with('weekly', ['boxes.json'], ...flags);
    expect(gate.summary().extension.expires).toBe('2026-11-23T00:00:00.000Z');
    expect((await gate.at('2026-11-22T23:59:59Z').verify('boxes.json')).code).toBe(0);
    expect((await gate.at('2026-11-23T00:00:00Z').verify('boxes.json')).stdout).toContain('expiry');
  });

  it('by an override ends with it', async () => {
    gate.write('boxes.json', OPEN);
    expect((await gate.check(['boxes.json'])).code).toBe(0);
    const { overrides, expires } = gate.summary().extension;
    expect(overrides).toEqual([
      {
        id: 'OV-1',
        policy_id: 'box-sealed',
        digest: expect.stringMatching(/^sha256:/),
        sunset: '2026-11-22T23:59:59.999Z',
      },
    ]);
    expect(expires).toBe('2026-11-22T23:59:59.999Z');
    expect((await gate.at('2026-11-22T23:59:59Z').verify('boxes.json')).code).toBe(0);
    expect((await gate.at('2026-11-23T00:00:00Z').verify('boxes.json')).code).toBe(1);
  });

  it('has a record of its own, with the envelope as a blob, when evidence is kept', async () => {
    expect((await gate.run('ledger', 'init', 'evidence')).code).toBe(0);
    await gate.check(['boxes.json'], '--evidence', 'evidence');
    const reader = await openReader(join(gate.folder, 'evidence'));
    const all: EvidenceRecord[] = [];
    for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size))
      all.push(parseRecord(bytes));
    const [record, ...more] = all.filter(({ record_type }) => record_type === 'attestation');
    expect(more).toEqual([]);
    const run = all.find(({ record_type }) => record_type === 'run');
    expect(record).toMatchObject({ layer: 'ci', run_id: run?.run_id, bundle_digest: run?.bundle_digest });
    expect(gate.summary().extension.run_id).toBe(run?.run_id);
    const blob = await reader.blob(String(record?.details?.blob) as Digest);
    await reader.close();
    // What is kept is what was written.
    expect(Buffer.from(blob)).toEqual(readFileSync(join(gate.folder, 'pass.intoto.jsonl')));
    expect((await gate.run('ledger', 'verify', 'evidence')).code).toBe(0);
  });
});

describe('what is never attested', () => {
  it.each<[string, string, string[], number]>([
    ['a violation', '{"boxes": [{"id": "crate", "sealed": false}]}', [], 1],
    ['nothing that a policy applies to', '{"boxes": []}', [], 3],
    ['a file that cannot be read', '{"boxes": [', [], 3],
    ['a simulation', SEALED, ['--effective-time', '2026-11-21T00:00:00Z'], 2],
    ['an advisory gate', SEALED, ['--fail-on', 'none'], 2],
    ['a hook', SEALED, ['--layer', 'pre-commit'], 2],
  ])('%s', async (_what, boxes, more, code) => {
    gate.write('boxes.json', boxes);
    const ended = await gate.check(['boxes.json'], ...more);
    expect({ code: ended.code, written: gate.written }).toEqual({ code, written: false });
    if (code !== 2) expect(ended.stderr).toContain('no attestation is written');
  });

  it('a run by a bundle whose signature has ended', async () => {
    gate.at('2026-11-25T00:00:00Z');
    const flags = ['--attest', 'pass.intoto.jsonl', '--attest-key', 'attest.pem'];
    const { code } = await gate.with('weekly', ['boxes.json'], ...flags);
    expect({ code, written: gate.written }).toEqual({ code: 3, written: false });
  });

  it('a run by the last good bundle in the place of one that does not verify: it passes, and ends with 3', async () => {
    const mirror = join(gate.folder, 'mirror.tar.gz');
    copyFileSync(bundles.first, mirror);
    const check = () =>
      gate.run(
        ...['check', 'boxes.json', '--bundle', mirror, '--bundle-key', key, '-o', 'json'],
        ...['--attest', 'pass.intoto.jsonl', '--attest-key', 'attest.pem'],
      );
    expect((await check()).code).toBe(0);
    writeFileSync(mirror, readFileSync(mirror).subarray(0, 500));
    const { code, stdout } = await check();
    expect({ code, written: gate.written }).toEqual({ code: 3, written: false });
    expect(JSON.parse(stdout)).toMatchObject({
      exit_code: 3,
      reason: expect.stringContaining('no attestation is written: the bundle that was named was not used'),
    });
  });

  it('a run whose evidence could not be written', async () => {
    const { code } = await gate.check(['boxes.json'], '--evidence', 'nowhere');
    expect({ code, written: gate.written }).toEqual({ code: 2, written: false });
  });

  it('an object without a content digest: the place is named', async () => {
    gate.write('shop.yaml', DEPLOYMENT.replace('spec:\n', 'spec:\n  big: 9007199254740993\n'));
    const { code, stderr } = await gate.check(['shop.yaml']);
    expect({ code, written: gate.written }).toEqual({ code: 3, written: false });
    expect(stderr).toContain('cannot be held exactly');
  });
});

describe('the file', () => {
  it('of an earlier run is taken away, so that it is not mistaken for one of this run', async () => {
    await gate.check(['boxes.json']);
    expect(gate.written).toBe(true);
    gate.write('boxes.json', '{"boxes": [{"id": "crate"}]}');
    expect((await gate.check(['boxes.json'])).code).toBe(1);
    expect(gate.written).toBe(false);
  });

  it('that is no attestation stays, and the run does not begin', async () => {
    gate.write('pass.intoto.jsonl', 'mine');
    const { code, stderr } = await gate.check(['boxes.json']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is no attestation') });
    expect(readFileSync(join(gate.folder, 'pass.intoto.jsonl'), 'utf8')).toBe('mine');
  });

  it.each([
    [['--attest', 'pass.json', '--attest-key', 'attest.pem'], 'does not end in'],
    [['--attest', 'pass.intoto.jsonl'], '--attest-key is missing'],
    [['--attest-key', 'attest.pem'], '--attest is missing'],
    [['--attest', 'p.sigstore.json', '--attest-key', 'attest.pub.pem'], 'not a private key'],
    [['--attest', 'p.sigstore.json', '--attest-key', 'nowhere.pem'], 'cannot be read'],
    [['--attest', 'p.sigstore.json', '--attest-key', 'env://NOWHERE'], 'holds no key'],
    [['--attest', 'p.sigstore.json', '--attest-key', key], 'signing key'],
  ])('%s', async (flags, why) => {
    const { code, stderr } = await gate.with('first', ['boxes.json'], ...flags);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
  });

  it('may be a bundle of sigstore, with a key from a variable, of either kind', async () => {
    for (const type of ['ed25519', 'ecdsa-p256']) {
      await gate.run('attest', 'keygen', '--type', type, '--out', type);
      gate.env.ATTEST = readFileSync(join(gate.folder, `${type}.pem`), 'utf8');
      const flags = ['--attest', 'pass.sigstore.json', '--attest-key', 'env://ATTEST'];
      expect((await gate.with('first', ['boxes.json'], ...flags)).code).toBe(0);
      const verify = ['attest', 'verify', 'pass.sigstore.json', '--subject', 'boxes.json'];
      expect((await gate.run(...verify, '--key', `${type}.pub.pem`)).code).toBe(0);
      expect((await gate.run(...verify, '--key', 'attest.pub.pem')).code).toBe(1);
    }
  });
});

describe('attest verify', () => {
  beforeEach(async () => {
    await gate.check(['boxes.json']);
  });

  it.each<[string, string[], number]>([
    ['lineage', ['--lineage', 'other'], 1],
    ['lineage', ['--lineage', 'fixture'], 0],
    ['bundle', ['--bundle-digest', `sha256:${DIGEST}`], 1],
    ['serial', ['--serial', '1793491201'], 1],
    ['serial', ['--serial', '1793491200'], 0],
    ['threshold', ['--fail-on', 'any'], 1],
    ['level', ['--layer', 'admission'], 1],
    ['resource', ['--resource', 'git+https://example.com/x'], 1],
  ])('%s %j ends with %d', async (check, flags, code) => {
    const ended = await gate.verify('boxes.json', ...flags);
    expect(ended.code).toBe(code);
    if (code === 1) expect(ended.stdout).toContain(`DOES NOT HOLD  ${check}\n`);
  });

  it('an age is in hours', async () => {
    gate.at('2026-11-21T14:00:00Z');
    expect((await gate.verify('boxes.json', '--max-age', '2')).code).toBe(0);
    expect((await gate.verify('boxes.json', '--max-age', '1')).code).toBe(1);
  });

  it('a clock that was set back tells nothing', async () => {
    const { code, stderr } = await gate.at('2026-11-21T11:00:00Z').verify('boxes.json');
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('BUNDLE_CLOCK') });
  });

  it('wants a key, a subject, and one place', async () => {
    const base = ['attest', 'verify', 'pass.intoto.jsonl'];
    expect((await gate.run(...base, '--subject', 'boxes.json')).code).toBe(2);
    expect((await gate.run(...base, '--key', 'attest.pub.pem')).code).toBe(2);
    expect((await gate.run('attest', 'verify', '--key', 'attest.pub.pem')).code).toBe(2);
    expect((await gate.verify('registry.example.com/log:2')).stderr).toContain('A tag can move');
  });

  it('prints JSON', async () => {
    const good = JSON.parse((await gate.verify('boxes.json', '--json')).stdout);
    expect(good).toMatchObject({ schemaVersion: 1, holds: true, matched: [{ name: 'boxes.json' }] });
    const bad = JSON.parse((await gate.verify('boxes.json', '--json', '--lineage', 'x')).stdout);
    expect(bad).toMatchObject({ holds: false, attestations: [{ check: 'lineage' }] });
  });

  it('show says that it verified nothing', async () => {
    const { code, stdout } = await gate.run('attest', 'show', 'pass.intoto.jsonl');
    expect({ code, first: stdout.split('\n')[0] }).toEqual({
      code: 0,
      first: expect.stringContaining('not verified'),
    });
  });

  it('keygen replaces nothing, and its private key is for its owner alone', async () => {
    expect((await gate.run('attest', 'keygen')).code).toBe(2);
    expect(statSync(join(gate.folder, 'attest.pem')).mode & 0o777).toBe(0o600);
  });
});
