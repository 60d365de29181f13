import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { metadata } from '../../../engine/testing/bundles.ts';
import { describeWithOpa } from '../../../engine/testing/need-opa.ts';
import { type Bundle, generateBundleKey, loadBundle } from '../../../policy/index.ts';
import type { ExhibitError } from '../../../record/index.ts';
import { signedBundle } from '../../testing/signed.ts';
import type { Question, Reviewed } from '../question.ts';
import { readReview, requestOf } from '../review.ts';
import { LocalReviewer } from '../reviewer.ts';
import { JudgeThread } from './judge-thread.ts';
import { ThreadReviewer } from './thread-reviewer.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const HOST = {
  emitter: 'server',
  version: '1',
  environment: 'production',
  cluster: undefined,
  milliseconds: 1_000,
};
const RULE = `${metadata('pod-owned', ['inputs: [kubernetes]'], '{ci: enforce, admission: enforce}')}package exhibit.policies.pod_owned

pod := input.request.object

population contains {"id": pod.metadata.name, "type": "Pod", "name": pod.metadata.name} if pod.kind == "Pod"

violations contains {"subject": pod.metadata.name, "message": sprintf("no owner at %v", [floor(time.now_ns() / 6e10)])} if not pod.metadata.labels.owner
`;
const TEST = `package exhibit.policies.pod_owned_test

import data.exhibit.policies.pod_owned

test_none if count(pod_owned.population) == 0 with input as {"request": {"object": {"kind": "Other"}}}
`;
const FILES = { 'policies/pod-owned/policy.rego': RULE, 'policies/pod-owned/policy_test.rego': TEST };

function question(name: string, labels: object = {}, more: object = {}): Question {
  const bytes = Buffer.from(
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: `uid-${name}`,
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        operation: 'CREATE',
        userInfo: {},
        object: { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: {} },
        ...more,
      },
    }),
  );
  const request = requestOf(readReview(bytes));
  return { bytes, request, shown: undefined, actor: 'actor:1', actor_verified_by: 'none' };
}

/** What does not differ from one try to the next: ids are drawn anew, and the clock goes on for some milliseconds. */
function said({ response, records, blobs }: Reviewed) {
  const texts = records.map(
    ({ text: { head, middle, tail } }) => JSON.parse(head + middle + tail) as { observed_at: string },
  );
  const plain = texts.map((record) => ({
    ...record,
    record_id: '',
    run_id: '',
    observed_at: record.observed_at.slice(0, 16),
  }));
  return {
    ...response,
    auditAnnotations: { ...response.auditAnnotations, run: '' },
    plain,
    blobs: blobs.map(String),
  };
}

describeWithOpa('judging in threads', () => {
  const bundles: Bundle[] = [];
  const threads: JudgeThread[] = [];
  const faults: ExhibitError[] = [];
  const random = (length: number) => new Uint8Array(randomBytes(length));
  let reviewer: ThreadReviewer;
  const open = (count: number) => {
    reviewer = new ThreadReviewer(HOST, {
      clock: () => NOON,
      threads: count,
      onFault: (error) => void faults.push(error),
      begin: (host, onEnd) => {
        const thread = new JudgeThread(host, onEnd);
        threads.push(thread);
        return thread;
      },
    });
    return reviewer;
  };

  beforeAll(async () => {
    const { privateKeyPem, publicKeyPem: pem } = generateBundleKey();
    for (const time of [NOON / 1_000 - 60, NOON / 1_000 - 30]) {
      const tar = await signedBundle(privateKeyPem, time, FILES);
      bundles.push(await loadBundle(tar, { keys: [{ id: 'bundle', pem }], now: NOON }));
    }
  });
  afterEach(async () => {
    await reviewer.close();
    threads.length = 0;
    faults.length = 0;
  });

  it('gives the answers and records that judging here gives, by the clock of who asks', async () => {
    const here = new LocalReviewer(HOST, () => NOON, random);
    const there = open(2);
    for (const one of [here, there]) await one.use(bundles[0] as Bundle);
    const questions = Array.from({ length: 40 }, (_, at) =>
      question(`pod-${at}`, at % 3 === 0 ? { owner: 'shop' } : {}, at === 5 ? { dryRun: true } : {}),
    );
    const [mine, theirs] = await Promise.all(
      [here, there].map((one) => Promise.all(questions.map((each) => one.review(each)))),
    );
    expect(theirs?.map(said)).toEqual(mine?.map(said));
    expect(theirs?.[1]?.response.status?.message).toContain(`no owner at ${NOON / 60_000}`);
    expect(theirs?.map(({ response }) => response.allowed)).toEqual(questions.map((_, at) => at % 3 === 0));
    expect(theirs?.[5]?.records).toEqual([]);
  });

  it('ends a review with the bundle that it began with', async () => {
    const there = open(1);
    expect(() => there.review(question('early'))).toThrow('no bundle was verified yet');
    await there.use(bundles[0] as Bundle);
    const first = there.review(question('web'));
    const taken = there.use(bundles[1] as Bundle);
    const meanwhile = there.review(question('web'));
    await taken;
    const later = there.review(question('web'));
    const answers = await Promise.all([first, meanwhile, later]);
    expect(answers.map(({ response }) => response.auditAnnotations.bundle)).toEqual(
      [0, 0, 1].map((at) => bundles[at]?.digest),
    );
  });

  it('refuses what a thread had when that ended, replaces it, and goes on', async () => {
    const there = open(1);
    await there.use(bundles[0] as Bundle);
    const lost = Promise.allSettled(
      Array.from({ length: 9 }, (_, at) => there.review(question(`pod-${at}`))),
    );
    await threads[0]?.kill();
    const results = await lost;
    for (const one of results)
      if (one.status === 'rejected')
        expect(String(one.reason)).toContain('a thread that judges reviews has ended');
    const { response } = await there.review(question('after', { owner: 'shop' }));
    expect([response.allowed, threads.length, faults.length]).toEqual([true, 2, 1]);
  });
});
