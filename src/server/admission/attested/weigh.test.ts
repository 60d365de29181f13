import { expect, it } from 'vitest';
import type { Bundle } from '../../../policy/index.ts';
import type { OpenedSummary } from '../../../verify/index.ts';
import { weigh } from './weigh.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const SUBJECT = { sha256: 'a'.repeat(64), kind: 'image' as const, what: 'web' };
const DIGEST = `sha256:${'b'.repeat(64)}` as const;

/** Of a run that passed by one override. */
function summary(serial: number): OpenedSummary {
  return {
    subjects: [{ name: 'web', digest: { sha256: SUBJECT.sha256 }, annotations: { kind: 'image' } }],
    predicate: {
      verificationResult: 'PASSED',
      verifiedLevels: ['EXHIBIT_CI'],
      timeVerified: '2026-11-21T11:00:00.000Z',
    },
    extension: {
      layer: 'ci',
      run_id: 'run-1',
      fail_on: 'high',
      expires: '2026-11-28T11:00:00.000Z',
      bundle: { digest: DIGEST, lineage: 'shop', revision: 'r', serial },
      overrides: [{ id: 'OVR-1', policy_id: 'p', digest: DIGEST, sunset: '2026-11-25T00:00:00.000Z' }],
      not_attested: [],
    },
    signers: [{ id: 'SHA256:x' }],
    digest: DIGEST,
  } as unknown as OpenedSummary;
}

/** The bundle that judges here, of a lineage and a commit time. */
const bundle = (overrides: object[], more: object = {}) =>
  ({ lineage: 'shop', revision_time: 100, overrides, ...more }) as unknown as Bundle;
const KEPT = { id: 'OVR-1', digest: DIGEST };
const said = (serial: number, judging: Bundle, now = NOW) => {
  const terms = { setting: { fail_on: 'high' as const }, bundle: judging, now };
  const weighed = weigh({ from: 'annotation', summary: summary(serial) }, SUBJECT, terms);
  return 'pass' in weighed ? 'holds' : weighed.why;
};

it('a pass by an override holds as long as that is in force, unchanged', () => {
  expect(said(100, bundle([KEPT]))).toBe('holds');
  expect(said(50, bundle([]))).toContain('OVR-1, which was withdrawn or changed since');
  expect(said(100, bundle([{ ...KEPT, digest: 'sha256:other' }]))).toContain('withdrawn or changed');
  expect(said(100, bundle([KEPT]), Date.parse('2026-11-25T00:00:00.001Z'))).toContain('(override)');
});

it('of newer policies than those that judge here, overrides cannot be known', () => {
  expect(said(101, bundle([]))).toBe('holds');
});

it('policies of another repository count only where the settings name it', () => {
  expect(said(100, bundle([KEPT], { lineage: 'other' }))).toContain('(lineage)');
});
