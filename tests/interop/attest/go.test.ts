import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/cli/testing/program.ts';
import { attested, must } from './gate.ts';
import { goProgram } from './go-program.ts';

const MODULES = [
  'github.com/secure-systems-lab/go-securesystemslib v0.11.0',
  'github.com/in-toto/attestation v1.2.0',
];
const { program, why } = goProgram('dsse.go.txt', MODULES);

let gate: Machine;
beforeAll(async () => {
  gate = await attested();
});

describe.skipIf(why !== '')(`go-securesystemslib and the in-toto protocol buffers${why}`, () => {
  const open = (key: string, file: string): unknown =>
    JSON.parse(execFileSync(program, [key, file], { cwd: gate.folder, encoding: 'utf8' }));

  it.each(['ecdsa-p256', 'ed25519'])(
    'open an envelope of ours by a key %s, and validate its statement',
    (type) => {
      expect(open(`${type}.pub.pem`, `${type}.intoto.jsonl`)).toEqual({
        keyid: expect.stringMatching(/^SHA256:/),
        type: 'application/vnd.in-toto+json',
        subjects: 3,
        verifier: 'urn:exhibit:check',
        result: 'PASSED',
        levels: ['EXHIBIT_CI'],
        policy: 'urn:exhibit:policy:fixture',
        resource: expect.stringMatching(/^(urn:uuid:|git\+https:)/),
        verified: '2026-11-21T12:00:00.000Z',
      });
    },
  );

  it('refuse another key, and an edited payload, as we do', async () => {
    const file = 'ecdsa-p256.intoto.jsonl';
    expect(open('ed25519.pub.pem', file)).toHaveProperty('error');
    const envelope = JSON.parse(readFileSync(join(gate.folder, file), 'utf8'));
    const payload = Buffer.from(envelope.payload, 'base64').toString().replace('boxes.json', 'other.json');
    envelope.payload = Buffer.from(payload).toString('base64');
    writeFileSync(join(gate.folder, 'edited.intoto.jsonl'), JSON.stringify(envelope));
    expect(open('ecdsa-p256.pub.pem', 'edited.intoto.jsonl')).toHaveProperty('error');
    const ours = ['attest', 'verify', 'edited.intoto.jsonl', '--key', 'ecdsa-p256.pub.pem'];
    expect((await gate.run(...ours, '--subject', 'boxes.json')).code).toBe(1);
  });
});

describe('the field rules of SLSA 1.2, "Verification Summary Attestation"', () => {
  let statement: Record<string, unknown>;
  let predicate: Record<string, unknown>;
  beforeAll(async () => {
    statement = JSON.parse(await must(gate, 'attest', 'show', 'ecdsa-p256.intoto.jsonl', '--json'));
    predicate = statement.predicate as Record<string, unknown>;
  });
  const uri = /^[a-z][a-z0-9+.-]*:\S+$/;

  it('the statement has type, predicate type and subjects with a digest', () => {
    expect(statement._type).toBe('https://in-toto.io/Statement/v1');
    expect(statement.predicateType).toBe('https://slsa.dev/verification_summary/v1');
    for (const { digest } of statement.subject as { digest: Record<string, string> }[])
      expect(digest).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('every required field is there, in its form', () => {
    expect(predicate).toMatchObject({
      verifier: { id: expect.stringMatching(uri) },
      timeVerified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      resourceUri: expect.stringMatching(uri),
      policy: { uri: expect.stringMatching(uri), digest: { sha256: expect.any(String) } },
      verificationResult: 'PASSED',
      slsaVersion: expect.stringMatching(/^\d+\.\d+$/),
    });
    for (const version of Object.values((predicate.verifier as { version: object }).version))
      expect(version).toBeTypeOf('string');
  });

  it('no level of a track of SLSA is claimed, and nothing is said of dependencies', () => {
    expect((predicate.verifiedLevels as string[]).filter((level) => level.startsWith('SLSA_'))).toEqual([]);
    // Set and empty would mean that there are none.
    expect(predicate).not.toHaveProperty('dependencyLevels');
    expect(predicate.inputAttestations).toEqual([]);
  });

  it('what is not in the specification has a URI as its name', () => {
    const known = [
      ...['verifier', 'timeVerified', 'resourceUri', 'policy', 'inputAttestations'],
      ...['verificationResult', 'verifiedLevels', 'dependencyLevels', 'slsaVersion'],
    ];
    const own = Object.keys(predicate).filter((name) => !known.includes(name));
    expect(own).toEqual([expect.stringMatching(uri)]);
  });
});
