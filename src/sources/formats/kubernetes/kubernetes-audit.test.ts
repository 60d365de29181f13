import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cutOff } from '../../testing/damage.ts';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';
import { kubernetesAudit } from './kubernetes-audit.ts';
import { vapAudit } from './vap-audit.ts';

const KEY = 'validation.policy.admission.k8s.io/validation_failure';

const event = (over: Record<string, unknown> = {}) => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: 'a1',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/pods',
  verb: 'create',
  user: { username: 'ann' },
  objectRef: { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 201 },
  requestReceivedTimestamp: '2026-01-02T03:04:05.678901Z',
  stageTimestamp: '2026-01-02T03:04:05.680000Z',
  ...over,
});
const refused = (message: string, over: Record<string, unknown> = {}) =>
  event({
    responseStatus: { metadata: {}, status: 'Failure', message, reason: 'Forbidden', code: 403 },
    ...over,
  });
const failure = (policy: string, actions: string[], message = 'too many') => ({
  message,
  policy,
  binding: `${policy}-binding`,
  expressionIndex: 0,
  validationActions: actions,
});
const lines = (...events: object[]) => events.map((each) => `${JSON.stringify(each)}\n`).join('');
const read = (...events: object[]) => readText(lines(...events), 'audit.log', kubernetesAudit);

describe('Kubernetes audit log, policies of the API server', () => {
  it('reads failures that are audited, with the annotations of their policy', async () => {
    const annotations = {
      [KEY]: JSON.stringify([failure('demo', ['Warn', 'Audit']), failure('other', ['Audit'])]),
      'demo/high-replica-count': 'set to 7',
    };
    const { outcomes, problems } = await read(event({ annotations }));
    expect(problems).toEqual([]);
    expect(
      outcomes.map(({ tool, check, rule, verdict, disposition }) => [
        tool,
        check,
        rule,
        verdict,
        disposition,
      ]),
    ).toEqual([
      ['validating-admission-policy', 'demo', 'validations[0]', 'fail', 'warned'],
      ['validating-admission-policy', 'other', 'validations[0]', 'fail', 'observed'],
    ]);
    expect(outcomes[0]).toMatchObject({
      subject: { type: 'Pod', id: 'Pod/shop/web' },
      actor: 'ann',
      observed_at: '2026-01-02T03:04:05.678Z',
      details: { audit_annotations: { 'demo/high-replica-count': 'set to 7' } },
    });
  });

  it('reads a denial from the status, and one that is audited too once', async () => {
    const message = `pods "web" is forbidden: ValidatingAdmissionPolicy 'demo' with binding 'demo-binding' denied request: too many`;
    const annotations = { [KEY]: JSON.stringify([failure('demo', ['Deny', 'Audit'])]) };
    const { outcomes } = await read(refused(message), refused(message, { auditID: 'a2', annotations }));
    expect(
      outcomes.map(({ check, disposition, message: said, details }) => [
        check,
        disposition,
        said,
        details?.first_only !== undefined,
      ]),
    ).toEqual([
      ['demo', 'enforced', 'too many', true],
      ['demo', 'enforced', 'too many', false],
    ]);
  });

  it('tells an expression that could not be evaluated from one that was false', async () => {
    const message = "expression '!('x' in object.data)' resulted in error: no such key: data";
    const annotations = { [KEY]: JSON.stringify([failure('demo', ['Audit'], message)]) };
    const { outcomes } = await read(event({ annotations }));
    expect(outcomes).toMatchObject([{ check: 'demo', verdict: 'error', disposition: 'observed' }]);
  });

  it('takes no allowed request for a pass', async () => {
    const { outcomes, facts } = await read(
      event(),
      event({ auditID: 'a2', annotations: { 'demo/high-replica-count': 'set to 7' } }),
    );
    expect(outcomes).toEqual([]);
    expect(facts).toMatchObject({ scanned: 2 });
  });

  it('tells an annotation that cannot be read', async () => {
    const { problems } = await read(event({ annotations: { [KEY]: '[{"message":"x","pol' } }));
    expect(problems[0]?.message).toBe(`the annotation ${KEY} of event a1 cannot be read`);
  });

  it('reads them alone by the name of vap-audit', async () => {
    const text = lines(
      event({ annotations: { [KEY]: JSON.stringify([failure('demo', ['Audit'])]) } }),
      refused('admission webhook "w.example.com" denied the request: no', { auditID: 'a2' }),
    );
    const { outcomes } = await readText(text, 'audit.log', vapAudit);
    expect(outcomes.map(({ check }) => check)).toEqual(['demo']);
    const { detected, outcomes: all } = await readText(text, 'audit.log');
    expect(detected).toMatchObject({
      source: { id: 'kubernetes-audit' },
      why: 'it has an event of audit.k8s.io',
      also: [],
    });
    expect(all).toHaveLength(2);
  });
});

describe('Kubernetes audit log, webhooks', () => {
  it('reads a refusal, and the policies that Gatekeeper and Kyverno name in it', async () => {
    const kyverno = `admission webhook "validate.kyverno.svc-fail" denied the request: 

resource Pod/shop/web was blocked due to the following policies 

disallow-latest-tag:
  require-image-tag: 'validation error: An image tag is required.'
  validate-image-tag: 'validation error: no latest'
require-labels:
  team: 'it''s needed'
`;
    const { outcomes } = await read(
      refused('admission webhook "w.example.com" denied the request: no way'),
      refused('admission webhook "w.example.com" denied the request without explanation', { auditID: 'a2' }),
      refused(
        'admission webhook "validation.gatekeeper.sh" denied the request: [no-root] must not\n[repos] image "x" not allowed',
        { auditID: 'a3' },
      ),
      refused(kyverno, { auditID: 'a4' }),
    );
    expect(
      outcomes.every(({ verdict, disposition }) => verdict === 'fail' && disposition === 'enforced'),
    ).toBe(true);
    expect(outcomes.map(({ tool, check, rule, message }) => [tool, check, rule, message])).toEqual([
      [undefined, 'webhook/w.example.com', undefined, 'no way'],
      [undefined, 'webhook/w.example.com', undefined, 'denied without explanation'],
      ['gatekeeper', 'no-root', undefined, 'must not'],
      ['gatekeeper', 'repos', undefined, 'image "x" not allowed'],
      ['kyverno', 'disallow-latest-tag', 'require-image-tag', 'validation error: An image tag is required.'],
      ['kyverno', 'disallow-latest-tag', 'validate-image-tag', 'validation error: no latest'],
      ['kyverno', 'require-labels', 'team', "it's needed"],
    ]);
  });

  it('tells one that could not be asked, and which way it failed', async () => {
    const { outcomes } = await read(
      refused('Internal error occurred: failed calling webhook "w.example.com": connection refused'),
      event({
        auditID: 'a2',
        annotations: { 'failed-open.validating.webhook.admission.k8s.io/round_0_index_1': 'w.example.com' },
      }),
    );
    expect(outcomes.map(({ check, verdict, disposition }) => [check, verdict, disposition])).toEqual([
      ['webhook/w.example.com', 'error', 'enforced'],
      ['webhook/w.example.com', 'not_evaluated', 'observed'],
    ]);
  });

  it('says what a mutating webhook changed, and takes it for no pass', async () => {
    const told = (mutated: boolean) =>
      JSON.stringify({ configuration: 'istio', webhook: 'sidecar.istio.io', mutated });
    const patch = [{ op: 'add', path: '/spec/containers/1', value: { name: 'proxy', image: 'proxy:1' } }];
    const { outcomes } = await read(
      event({
        annotations: {
          'mutation.webhook.admission.k8s.io/round_0_index_0': told(true),
          'patch.webhook.admission.k8s.io/round_0_index_0': JSON.stringify({
            configuration: 'istio',
            webhook: 'sidecar.istio.io',
            patch,
            patchType: 'JSONPatch',
          }),
          'mutation.webhook.admission.k8s.io/round_0_index_1': told(false),
          'mutation.webhook.admission.k8s.io/round_1_index_0': told(true),
        },
      }),
    );
    expect(outcomes).toHaveLength(2);
    expect(outcomes[0]).toMatchObject({
      check: 'webhook/sidecar.istio.io',
      verdict: 'not_applicable',
      details: { configuration: 'istio', round: 'round_0_index_0', changes: patch },
    });
    // Below level Request the log has no patch.
    expect(outcomes[1]?.details).toMatchObject({ round: 'round_1_index_0', changes_stated: false });
  });

  it.each([
    [
      'mutate.kyverno.svc-fail',
      // As Kyverno writes it where the object has no annotations yet.
      [
        { op: 'add', path: '/spec/containers/0/env', value: [{ name: 'A', value: 'b' }] },
        {
          path: '/metadata/annotations',
          op: 'add',
          value: {
            'policies.kyverno.io/last-applied-patches':
              'inject-env-vars.apply-flag.kyverno.io: added /spec/containers/0/env\nset-tier.tiers.kyverno.io: added /metadata/labels/tier\n',
          },
        },
      ],
      [
        [
          'kyverno',
          'apply-flag',
          'inject-env-vars',
          'the policy changed the object: added /spec/containers/0/env',
        ],
        ['kyverno', 'tiers', 'set-tier', 'the policy changed the object: added /metadata/labels/tier'],
      ],
    ],
    [
      'mutation.gatekeeper.sh',
      [
        {
          op: 'add',
          path: '/metadata/annotations/gatekeeper.sh~1mutations',
          value: 'Assign//pull-always:1, AssignMetadata/shop/owner:3',
        },
      ],
      [
        ['gatekeeper', 'Assign', 'pull-always', 'the policy changed the object'],
        ['gatekeeper', 'AssignMetadata', 'shop/owner', 'the policy changed the object'],
      ],
    ],
    // The names of an engine's policies in the patch of another webhook prove nothing.
    [
      'other.example.com',
      [{ op: 'add', path: '/metadata/annotations/gatekeeper.sh~1mutations', value: 'Assign//pull-always:1' }],
      [
        [
          undefined,
          'webhook/other.example.com',
          undefined,
          'the webhook other.example.com changed the object',
        ],
      ],
    ],
  ])('names the policies that changed an object: %s', async (webhook, patch, expected) => {
    const { outcomes, problems } = await read(
      event({
        annotations: {
          'mutation.webhook.admission.k8s.io/round_0_index_0': JSON.stringify({
            configuration: 'c',
            webhook,
            mutated: true,
          }),
          'patch.webhook.admission.k8s.io/round_0_index_0': JSON.stringify({
            configuration: 'c',
            webhook,
            patch,
            patchType: 'JSONPatch',
          }),
        },
      }),
    );
    expect(problems).toEqual([]);
    expect(outcomes.map(({ tool, check, rule, message }) => [tool, check, rule, message])).toEqual(expected);
    for (const { verdict, details } of outcomes)
      expect([verdict, details?.changes]).toEqual(['not_applicable', patch]);
  });
});

describe('Kubernetes audit log, Pod Security', () => {
  const at = 'pod-security.kubernetes.io/';
  it('knows passes by the policy that an annotation names, fails and exemptions', async () => {
    const { outcomes } = await read(
      event({
        annotations: {
          [`${at}enforce-policy`]: 'baseline:v1.30',
          [`${at}audit-violations`]: 'would violate PodSecurity "restricted:latest": runAsNonRoot != true',
        },
      }),
      refused('pods "web" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', {
        auditID: 'a2',
        annotations: { [`${at}enforce-policy`]: 'restricted:latest' },
      }),
      event({ auditID: 'a3', annotations: { [`${at}enforce-policy`]: 'privileged:latest' } }),
      event({ auditID: 'a4', annotations: { [`${at}exempt`]: 'namespace' } }),
      // Refused by somebody else: whether Pod Security let it pass is not known.
      refused('quota', { auditID: 'a5', annotations: { [`${at}enforce-policy`]: 'baseline:latest' } }),
    );
    expect(
      outcomes.map(({ check, rule, verdict, disposition }) => [check, rule, verdict, disposition]),
    ).toEqual([
      ['baseline', 'enforce', 'pass', undefined],
      ['restricted', 'audit', 'fail', 'observed'],
      ['restricted', 'enforce', 'fail', 'enforced'],
      ['privileged', 'enforce', 'not_applicable', undefined],
      ['pod-security', 'exempt', 'not_evaluated', undefined],
    ]);
    expect(outcomes[4]?.suppressed?.reason).toBe('namespace');
  });
});

describe('Kubernetes audit log, its forms', () => {
  const denied = refused('admission webhook "w.example.com" denied the request: no');

  it('reads the end of a request once, whatever came before and came again', async () => {
    const { outcomes, facts } = await read({ ...denied, stage: 'RequestReceived' }, denied, denied, {
      ...denied,
      auditID: 'a2',
      stage: 'Panic',
    });
    expect(outcomes).toHaveLength(2);
    expect(facts).toMatchObject({ scanned: 2 });
    expect(facts.note).toContain('1 events of earlier stages were passed over; 1 events came again');
  });

  it('reads an EventList, whose items name no kind', async () => {
    const { kind: _, apiVersion: _version, ...bare } = denied;
    const list = {
      kind: 'EventList',
      apiVersion: 'audit.k8s.io/v1',
      metadata: {},
      items: [bare, { ...bare, auditID: 'a2' }, { auditID: 'a3' }],
    };
    const { detected, outcomes, problems } = await readText(JSON.stringify(list), 'audit.json');
    expect(detected.why).toBe('it has an EventList of audit.k8s.io');
    expect(outcomes).toHaveLength(2);
    expect(problems[0]?.message).toMatch(/^items\[2\]\.verb: /);
  });

  it('reads entries of Azure and of Google', async () => {
    const azure = { category: 'kube-audit', properties: { log: JSON.stringify(denied) } };
    const labels = { 'pod-security.kubernetes.io/enforce-policy': 'baseline:latest' };
    const google = {
      insertId: 'g1',
      timestamp: '2026-01-02T03:04:05Z',
      labels,
      protoPayload: {
        serviceName: 'k8s.io',
        methodName: 'io.k8s.core.v1.pods.create',
        resourceName: 'core/v1/namespaces/shop/pods/web',
        authenticationInfo: { principalEmail: 'ann' },
      },
    };
    const first = await readText(lines(azure), 'aks.json');
    expect(first.detected.why).toBe('it has an entry of Azure’s log kube-audit');
    expect(first.outcomes).toMatchObject([
      { check: 'webhook/w.example.com', subject: { id: 'Pod/shop/web' } },
    ]);
    const second = await readText(lines(google, google), 'gke.json');
    expect(second.detected.why).toBe('it has an entry of Google’s audit log about k8s.io');
    expect(second.outcomes).toMatchObject([
      { check: 'baseline', verdict: 'pass', subject: { id: 'Pod/shop/web' } },
    ]);
  });

  it('names the subject by its kind, also one of a resource that is not of Kubernetes', async () => {
    const deny = (over: Record<string, unknown>) =>
      refused('admission webhook "w" denied the request: no', over);
    const { outcomes } = await read(
      deny({
        auditID: '1',
        objectRef: { resource: 'widgets', namespace: 'n', name: 'x' },
        requestObject: { kind: 'Widget', metadata: {} },
      }),
      deny({ auditID: '2', objectRef: { resource: 'widgets', namespace: 'n', name: 'x' } }),
      deny({
        auditID: '3',
        objectRef: { resource: 'pods', namespace: 'n' },
        requestObject: { kind: 'Pod', metadata: { generateName: 'web-' } },
      }),
      deny({ auditID: '4', objectRef: { resource: 'pods', namespace: 'n' } }),
    );
    expect(outcomes.map(({ subject }) => subject.id)).toEqual([
      'Widget/n/x',
      'widgets/n/x',
      'Pod/n/web-',
      '/api/v1/namespaces/shop/pods',
    ]);
  });

  it('reads the real events of the fixtures, in which no policy speaks', async () => {
    const google = await readFixture('gcp-audit/k8s_create_cluster.json');
    expect(google.detected).toMatchObject({ source: { id: 'kubernetes-audit' }, also: [] });
    expect([google.outcomes, google.problems]).toEqual([[], []]);
    expect(google.facts).toMatchObject({ scanned: 1, started: '2019-05-20T13:23:47.561Z' });
    for (const [name, requests] of [
      // 6 tests, none with a stage or an auditID.
      ['k8s-audit/k8s_admission_controller_created.yml', 6],
      // 5 tests, of which AKS's one is of stage ResponseStarted.
      ['k8s-audit/k8s_exec_into_pod.yml', 4],
      // 3 tests: one of stage ResponseStarted, two of one auditID.
      ['k8s-audit/source_ip_multiple_403.yml', 1],
    ] as const) {
      const { Tests } = parse(fixtureText(name)) as { Tests: { Log: object }[] };
      await expect(readFixture(name)).rejects.toThrow('of no format');
      const { outcomes, problems, facts } = await read(...Tests.map(({ Log }) => Log));
      expect([name, outcomes, problems, facts.scanned]).toEqual([name, [], [], requests]);
    }
  });

  it('tells what was cut off', async () => {
    expect(
      await cutOff(lines(denied, { ...denied, auditID: 'a2' }), 'audit.log', kubernetesAudit),
    ).toBeGreaterThan(15);
  });
});
