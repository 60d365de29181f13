import type { Bundle, Override, Policy } from '../../../policy/index.ts';
import {
  type Disposition,
  formatInstant,
  GENERATED,
  type Layer,
  type RecordDraft,
  SCHEMA,
  uuidv7,
  type Verdict,
} from '../../../record/index.ts';
import { VERSION } from '../../version.ts';
import type { Chance } from './chance.ts';
import type { Subject } from './company.ts';

/** One verdict that the story asks for. */
export interface Told {
  policy: string;
  subject: Subject;
  verdict: Verdict;
  /** Set by what is watched: where the object differs from what was admitted. */
  drift?: string;
}

export interface RunTold {
  emitter: string;
  layer: Layer;
  tool: string;
  /** Unix milliseconds. */
  at: number;
  told: readonly Told[];
  from?: Pick<RecordDraft, 'actor' | 'actor_verified_by' | 'repository' | 'commit' | 'change'>;
  /** Ids of overrides that apply, and matched nothing. */
  orphans?: readonly string[];
}

export type Unnumbered = Omit<RecordDraft, 'sequence'>;

/**
 * The records of a run as the program writes them: a decision each, and the run's own one last. What is done about a fail follows from the bundle: its
 * policies' modes, and its overrides with their sunset.
 */
export function recordsOfTold(run: RunTold, bundle: Bundle, chance: Chance): Unnumbered[] {
  const { emitter, layer, tool, at, told, from } = run;
  const id = () => uuidv7(at, (length) => chance.bytes(length));
  const base = {
    ...{
      schema: SCHEMA as typeof SCHEMA,
      observed_at: formatInstant(at),
      emitter,
      layer,
      tool,
      tool_version: VERSION,
    },
    run_id: id(),
    policy_revision: bundle.revision,
    ...{ bundle_digest: bundle.digest, control_map_digest: bundle.control_map_digest },
    ...{ engine: 'opa-wasm', engine_version: bundle.opa_version },
    ...from,
  };
  const policies = new Map(bundle.policies.map((policy) => [policy.id, policy]));
  const judged = told.flatMap((each) => {
    const policy = policies.get(each.policy);
    return policy?.layers[layer] === undefined
      ? []
      : [{ ...each, policy, ...doneAbout(each, policy, run, bundle) }];
  });
  const decisions = judged.map(
    ({ policy, subject, verdict, disposition, override, drift }, index): Unnumbered => ({
      ...base,
      record_type: 'decision',
      record_id: id(),
      run_index: index,
      ...{ policy_id: policy.id, rule_id: policy.id },
      ...{
        subject_type: subject.type,
        subject_id: subject.id,
        subject_name: subject.name,
        environment: subject.environment,
      },
      ...(layer === 'ci' || layer === 'pre-commit' ? { file: subject.file } : {}),
      ...{ verdict, disposition, severity: policy.severity },
      ...(verdict === 'pass' ? {} : { message: message(policy, subject, verdict) }),
      ...(override === undefined ? {} : { override_id: override.id, override_digest: override.digest }),
      details: {
        ...GENERATED,
        ...(verdict === 'fail' ? { fix: policy.remediation } : {}),
        ...(layer === 'runtime' && subject.type === 'workload' ? { cluster: subject.environment } : {}),
        ...(drift === undefined ? {} : { drift: { changed: [{ path: drift }] } }),
      },
    }),
  );
  const failing = (mode: Disposition) =>
    judged.filter((each) => each.verdict === 'fail' && each.disposition === mode).length;
  const gate = layer === 'ci' || layer === 'pre-commit' ? { fail_on: 'any', exit_code: exitOf(judged) } : {};
  const overrides = overridesOf(judged, run, bundle);
  return [
    ...decisions,
    {
      ...base,
      record_type: 'run',
      record_id: id(),
      run_total: decisions.length,
      details: {
        ...GENERATED,
        counts: {
          pass: judged.filter(({ verdict }) => verdict === 'pass').length,
          fail: failing('enforced') + failing('warned') + failing('observed') + failing('waived'),
          waived: failing('waived'),
        },
        ...(overrides === undefined ? {} : { overrides }),
        ...gate,
      },
    },
  ];
}

interface Judged {
  policy: Policy;
  subject: Subject;
  verdict: Verdict;
  disposition: Disposition;
  override: Override | undefined;
}

const MODES = { enforce: 'enforced', warn: 'warned', observe: 'observed' } as const;

function doneAbout(
  { subject, verdict }: Told,
  policy: Policy,
  { layer, at }: RunTold,
  { overrides }: Bundle,
) {
  const override =
    verdict === 'fail'
      ? overrides.find(
          (one) =>
            isOf(one, policy, subject) && Date.parse(one.created) <= at && at <= Date.parse(one.sunset),
        )
      : undefined;
  const disposition: Disposition =
    verdict === 'pass' || verdict === 'not_applicable'
      ? 'none'
      : override === undefined
        ? MODES[policy.layers[layer] ?? 'observe']
        : 'waived';
  return { override, disposition };
}

const isOf = (override: Override, policy: Policy, subject: Subject): boolean =>
  override.policy === policy.id && override.scope.subjects?.includes(subject.id) === true;

function exitOf(judged: readonly Judged[]): number {
  if (judged.some(({ verdict, disposition }) => verdict === 'fail' && disposition === 'enforced')) return 1;
  return judged.some(({ verdict }) => verdict === 'error' || verdict === 'not_evaluated') ? 3 : 0;
}

function overridesOf(judged: readonly Judged[], { at, orphans = [] }: RunTold, { overrides }: Bundle) {
  const count = (of: (judged: Judged) => boolean) => judged.filter(of).length;
  const used = overrides.map(({ id }) => ({ id, waived: count(({ override }) => override?.id === id) }));
  const expired = overrides
    .filter(({ sunset }) => Date.parse(sunset) < at)
    .map((one) => ({
      id: one.id,
      matched: count(({ policy, subject, verdict }) => verdict === 'fail' && isOf(one, policy, subject)),
    }));
  const said = {
    used: used.filter(({ waived }) => waived > 0),
    orphans: [...orphans],
    expired: expired.filter(({ matched }) => matched > 0),
  };
  return said.used.length + said.orphans.length + said.expired.length === 0 ? undefined : said;
}

function message(policy: Policy, subject: Subject, verdict: Verdict): string {
  if (verdict === 'not_evaluated')
    return `${subject.name}: the plan knows the value only after it is applied.`;
  if (verdict === 'error') return `${subject.name}: the rule could not be judged.`;
  return `${subject.name} does not hold it: ${policy.title}.`;
}
