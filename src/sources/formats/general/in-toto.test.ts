import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { inToto } from './in-toto.ts';

const sha256 = '5678'.repeat(16);
const statement = (predicateType: string, predicate: unknown, over: object = {}) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'out/example-1.2.3.tar.gz', digest: { sha256 } }],
  predicateType,
  predicate,
  ...over,
});
/** The example of the SLSA specification. */
const vsa = (verificationResult: string) =>
  statement('https://slsa.dev/verification_summary/v1', {
    verifier: { id: 'https://example.com/publication_verifier' },
    timeVerified: '2026-04-12T23:20:50.52Z',
    resourceUri: 'https://example.com/example-1.2.3.tar.gz',
    policy: { uri: 'https://example.com/example_tarball.policy', digest: { sha256: '1234' } },
    verificationResult,
    verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
  });
const tests = (predicate: object) =>
  statement('https://in-toto.io/attestation/test-result/v0.1', { configuration: [], ...predicate });
const sealed = (value: unknown) => ({
  payloadType: 'application/vnd.in-toto+json',
  payload: Buffer.from(JSON.stringify(value)).toString('base64'),
  signatures: [{ keyid: 'k1', sig: 'AAAA' }],
});
const read = (...values: unknown[]) =>
  readText(values.map((each) => `${JSON.stringify(each)}\n`).join(''), 'a.intoto.jsonl');

describe('in-toto', () => {
  it('reads verification summaries, and says that their signature was not checked', async () => {
    const { detected, outcomes, problems, facts } = await read(sealed(vsa('PASSED')), vsa('FAILED'), {
      mediaType: 'x',
      dsseEnvelope: sealed(vsa('MAYBE')),
    });
    expect(detected).toMatchObject({
      source: { id: 'in-toto' },
      why: 'it has an envelope of DSSE with a statement of in-toto',
      also: [],
    });
    expect(problems).toEqual([]);
    expect(facts.note).toContain('signatures were not checked');
    expect(outcomes.map(({ check, verdict, details }) => [check, verdict, details?.signature])).toEqual([
      ['https://example.com/example_tarball.policy', 'pass', 'not checked'],
      ['https://example.com/example_tarball.policy', 'fail', 'none'],
      ['https://example.com/example_tarball.policy', 'not_evaluated', 'not checked'],
    ]);
    expect(outcomes[0]).toMatchObject({
      subject: { type: 'artifact', id: `sha256:${sha256}`, name: 'out/example-1.2.3.tar.gz' },
      observed_at: '2026-04-12T23:20:50.520Z',
      details: { keys: ['k1'], levels: ['SLSA_BUILD_LEVEL_3'] },
    });
  });

  it('reads test results, one test each', async () => {
    const { outcomes, problems } = await read(
      tests({ result: 'FAILED', passedTests: ['a', 'b'], warnedTests: ['c'], failedTests: ['d'] }),
      tests({ result: 'PASSED' }),
      tests({ result: 'FAILED', passedTests: ['a'] }),
      tests({ result: 'PASSED', failedTests: ['d'] }),
    );
    expect(outcomes.map(({ check, verdict, disposition }) => [check, verdict, disposition])).toEqual([
      ['a', 'pass', undefined],
      ['b', 'pass', undefined],
      ['c', 'fail', 'warned'],
      ['d', 'fail', undefined],
      ['test-result', 'pass', undefined],
      ['a', 'pass', undefined],
      ['test-result', 'fail', undefined],
    ]);
    expect(problems.map(({ message, line }) => [message, line])).toEqual([
      ['the result is PASSED, and 1 tests failed', 4],
    ]);
  });

  it('takes provenance for no verdict', async () => {
    const { outcomes } = await read(
      statement('https://slsa.dev/provenance/v1', {
        buildDefinition: { buildType: 'https://example.com/build' },
        runDetails: {
          builder: { id: 'https://example.com/builder' },
          metadata: { invocationId: 'i1', finishedOn: '2026-01-01T00:00:00Z' },
        },
      }),
    );
    expect(outcomes).toMatchObject([
      {
        check: 'slsa-provenance',
        verdict: 'not_applicable',
        details: { builder: 'https://example.com/builder', invocation: 'i1' },
      },
    ]);
  });

  it('tells what is not known, not signed as it should be, or damaged', async () => {
    const { problems, outcomes } = await read(
      statement('https://spdx.dev/Document', {}),
      { ...sealed(1), payload: '!!!' },
      { ...sealed(1), payloadType: 'text/plain' },
      sealed({ a: 1 }),
      statement('https://slsa.dev/verification_summary/v1', { verificationResult: 'PASSED' }),
    );
    expect(outcomes).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([
      'the predicate type https://spdx.dev/Document is not known here',
      'the payload of the envelope is no JSON in base64',
      'the envelope holds text/plain, which is no statement of in-toto',
      expect.stringMatching(/^_type: /),
      expect.stringMatching(/^predicate\.verifier: /),
    ]);
    expect(await cutOff(JSON.stringify(vsa('PASSED')), 'a.json', inToto)).toBe(19);
  });
});
