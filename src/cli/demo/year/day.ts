import { createHash } from 'node:crypto';
import { DAY_MILLISECONDS } from '../../../record/index.ts';
import type { Chance } from './chance.ts';
import {
  AI_POLICIES,
  AI_SYSTEM,
  ASKS_FOR_PASS,
  BRANCH_POLICIES,
  CLOUD,
  changeUrl,
  NAMES,
  PEOPLE,
  REPOSITORY_POLICIES,
  repositoryOf,
  repositorySubject,
  type Subject,
  WORKLOAD_POLICIES,
  workload,
} from './company.ts';
import { BYPASS_DAY, type Condition, isRelease, isWeekend, OUTAGES, type Plot } from './plot.ts';
import type { RunTold, Told } from './run.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Who vouches for what a pipeline says of itself. */
const ISSUER = 'https://git.example.com';

/**
 * The runs of one day, in their order: what is watched each night, and on a working day what people change, from the hook to the cluster.
 * @param at number of the day, from 0
 */
export function runsOf(plot: Plot, at: number, chance: Chance): RunTold[] {
  const day = plot.days[at] ?? '';
  const midnight = plot.start + at * DAY_MILLISECONDS;
  const runs = [...nightly(plot, midnight, chance), ...seen(plot, midnight)];
  if (!isWeekend(day) && !isHoliday(day)) {
    // Fewer faults with time; more of them where much is released.
    const learned = 0.5 - 0.4 * (at / plot.days.length);
    const release = isRelease(day);
    const rate = release ? learned * 1.6 : learned;
    const services = Array.from({ length: 2 + chance.below(3) + (release ? 4 : 0) }, () =>
      chance.pick(NAMES),
    );
    for (const service of new Set(services)) runs.push(...change(plot, midnight, service, rate, chance));
    runs.push(infraChange(plot, midnight, chance));
    // The system for applicants changes about twice a month.
    if (chance.is(0.1)) runs.push(systemChange(plot, midnight, chance));
  }
  if (at === BYPASS_DAY) runs.push(bypass(midnight));
  return runs.filter(({ emitter }) => !isOut(emitter, at)).sort((a, b) => a.at - b.at);
}

const isHoliday = (day: string): boolean => ['01-01', '05-01', '12-25', '12-26'].includes(day.slice(5));

function isOut(emitter: string, at: number): boolean {
  return OUTAGES.some((outage) => outage.emitter === emitter && outage.from <= at && at <= outage.to);
}

const failsAt = (
  { conditions }: Plot,
  policy: string,
  { id, environment }: Subject,
  at: number,
  inCode: boolean,
): boolean =>
  conditions.some(
    (each) =>
      each.policy === policy &&
      each.subject.id === id &&
      each.subject.environment === environment &&
      (each.in_code || !inCode) &&
      each.from <= at &&
      (each.to === undefined || at < each.to),
  );

const verdictOf = (plot: Plot, policy: string, subject: Subject, at: number, inCode = false): Told => ({
  policy,
  subject,
  verdict: failsAt(plot, policy, subject, at, inCode) ? 'fail' : 'pass',
});

/** Everything that runs is looked at once a night. */
function nightly(plot: Plot, midnight: number, chance: Chance): RunTold[] {
  const watched = midnight + 2 * HOUR + chance.below(20) * MINUTE;
  const listed = midnight + 2.5 * HOUR + chance.below(20) * MINUTE;
  return [
    {
      ...WATCH,
      at: watched,
      told: NAMES.flatMap((name) =>
        WORKLOAD_POLICIES.map((policy) => verdictOf(plot, policy, workload(name, 'production'), watched)),
      ),
    },
    {
      ...{ emitter: 'inventory/aws', layer: 'runtime', tool: 'exhibit inventory', at: listed },
      told: CLOUD.flatMap(({ policies, subjects }) =>
        policies.flatMap((policy) => subjects.map((subject) => verdictOf(plot, policy, subject, listed))),
      ),
      orphans: orphansAt(plot, listed),
    },
    {
      ...{ emitter: 'inventory/git', layer: 'runtime', tool: 'exhibit inventory', at: listed + 5 * MINUTE },
      told: NAMES.flatMap((name) =>
        BRANCH_POLICIES.map((policy) => verdictOf(plot, policy, repositorySubject(name), listed)),
      ),
    },
    {
      ...{
        emitter: 'inventory/documents',
        layer: 'runtime',
        tool: 'exhibit',
        at: listed + 10 * MINUTE,
      },
      told: systemVerdicts(plot, listed),
    },
  ];
}

const systemVerdicts = (plot: Plot, at: number): Told[] =>
  AI_POLICIES.map((policy) => verdictOf(plot, policy, AI_SYSTEM, at, true));

/** A change of the system for applicants: its registration is judged with it. */
function systemChange(plot: Plot, midnight: number, chance: Chance): RunTold {
  const at = midnight + 10 * HOUR + chance.below(5 * 60) * MINUTE;
  const { repository } = AI_SYSTEM;
  return {
    ...{ emitter: 'ci/hiring', layer: 'ci', tool: 'exhibit', at },
    told: systemVerdicts(plot, at),
    from: {
      ...{ actor: actorOf(chance.below(PEOPLE.length)), actor_verified_by: ISSUER },
      ...{ repository, commit: chance.hex(40) },
      change: changeUrl(repository, 1 + Math.floor((midnight - plot.start) / DAY_MILLISECONDS)),
    },
  };
}

const WATCH = { emitter: 'watch/production', layer: 'runtime', tool: 'exhibit watch' } as const;

/** Overrides in force for something that nobody finds any more. */
function orphansAt({ tickets, conditions, start }: Plot, at: number): string[] {
  const day = Math.floor((at - start) / DAY_MILLISECONDS);
  return tickets
    .filter(({ created, sunset }) => created <= day && day <= sunset)
    .filter(
      ({ policy, subject }) =>
        !conditions.some((each) => each.policy === policy && each.subject.id === subject),
    )
    .map(({ id }) => id);
}

/** A watcher sees a workload change at once. */
function seen({ conditions }: Plot, midnight: number): RunTold[] {
  const today = (time: number | undefined): time is number =>
    time !== undefined && midnight <= time && time < midnight + DAY_MILLISECONDS;
  const look = ({ policy, subject }: Condition, at: number, verdict: 'pass' | 'fail'): RunTold => ({
    ...WATCH,
    at,
    told: [
      {
        policy,
        subject,
        verdict,
        ...(verdict === 'fail' ? { drift: '/spec/template/spec/containers/0' } : {}),
      },
    ],
  });
  return conditions
    .filter(({ subject, in_code }) => subject.type === 'workload' && !in_code)
    .flatMap((each) => [
      ...(today(each.from) ? [look(each, each.from + 2 * MINUTE, 'fail')] : []),
      ...(today(each.to) ? [look(each, each.to + 2 * MINUTE, 'pass')] : []),
    ])
    .filter(({ at }) => today(at));
}

/** From a commit to the cluster: the hook, the gate until it lets it pass, the webhook. */
function change(plot: Plot, midnight: number, service: string, rate: number, chance: Chance): RunTold[] {
  const subject = workload(service, 'production');
  const repository = repositoryOf(service);
  const number = 100 + Math.floor((midnight - plot.start) / DAY_MILLISECONDS) * 9 + chance.below(9);
  const commit = () => chance.hex(40);
  const by = {
    actor: actorOf(chance.below(PEOPLE.length)),
    actor_verified_by: ISSUER,
    repository,
    change: changeUrl(repository, number),
  };
  const at = midnight + 7.2 * HOUR + chance.below(7 * 60) * MINUTE;
  const faulty = chance.is(rate) ? [chance.pick(WORKLOAD_POLICIES)] : [];
  const alsoRepository = chance.is(rate / 4) ? [chance.pick(REPOSITORY_POLICIES)] : [];
  const told = (time: number, faults: readonly string[]): Told[] => [
    ...WORKLOAD_POLICIES.map((policy): Told => {
      const stated = verdictOf(plot, policy, subject, time, true);
      return faults.includes(policy) ? { ...stated, verdict: 'fail' } : stated;
    }),
    ...REPOSITORY_POLICIES.map(
      (policy): Told => ({
        ...{ policy, subject: repositorySubject(service) },
        verdict: faults.includes(policy) ? 'fail' : 'pass',
      }),
    ),
  ];
  const hook = (time: number, faults: readonly string[]): RunTold => ({
    ...{
      emitter: 'pre-commit/laptops',
      layer: 'pre-commit',
      tool: 'exhibit',
      at: time,
      told: told(time, faults),
    },
    from: { actor: by.actor, actor_verified_by: 'none', repository },
  });
  const gate = (time: number, faults: readonly string[]): RunTold => ({
    ...{ emitter: `ci/${service}`, layer: 'ci', tool: 'exhibit', at: time, told: told(time, faults) },
    from: { ...by, commit: commit() },
  });
  const caught = chance.is(0.6);
  const faults = [...faulty, ...alsoRepository];
  const early = caught ? faults : [];
  const runs = [
    ...(early.length > 0 ? [hook(at, early), hook(at + 25 * MINUTE, [])] : [hook(at, [])]),
    ...(!caught && faults.length > 0 ? [gate(at + 40 * MINUTE, faults)] : []),
    gate(at + 2 * HOUR, []),
  ];
  const last = runs.at(-1)?.told ?? [];
  const blocked = last.some(
    ({ policy, verdict }) => verdict === 'fail' && policy === 'container-not-privileged',
  );
  return blocked ? runs : [...runs, admitted(subject, at + 2.5 * HOUR, last)];
}

function admitted(subject: Subject, at: number, judged: readonly Told[]): RunTold {
  const told = judged.filter(({ subject: { type } }) => type === 'workload');
  return {
    ...{ emitter: 'admission/production', layer: 'admission', tool: 'exhibit webhook', at },
    told: [...told, { policy: ASKS_FOR_PASS, subject, verdict: 'pass' }],
    from: {
      actor: actorOf(-1),
      actor_verified_by: 'https://kubernetes.default.svc',
      repository: subject.repository,
    },
  };
}

/** Somebody applies a manifest by hand that no gate has seen. */
function bypass(midnight: number): RunTold {
  const subject = workload('payments', 'production');
  const fails: readonly string[] = ['container-not-privileged', 'image-fixed', ASKS_FOR_PASS];
  return {
    ...{
      emitter: 'admission/production',
      layer: 'admission',
      tool: 'exhibit webhook',
      at: midnight + 16.4 * HOUR,
    },
    told: [...WORKLOAD_POLICIES, ASKS_FOR_PASS].map((policy) => ({
      ...{ policy, subject },
      verdict: fails.includes(policy) ? 'fail' : 'pass',
    })),
    from: { actor: actorOf(3), actor_verified_by: 'https://kubernetes.default.svc' },
  };
}

/** A change of the infrastructure: a plan over one kind of thing. Some values are known only after it is applied. */
function infraChange(plot: Plot, midnight: number, chance: Chance): RunTold {
  const at = midnight + 9 * HOUR + chance.below(6 * 60) * MINUTE;
  const { policies, subjects } = chance.pick(CLOUD);
  const unknown = chance.is(0.04);
  const repository = repositoryOf('infra');
  return {
    ...{ emitter: 'ci/infra', layer: 'ci', tool: 'exhibit', at },
    told: policies.flatMap((policy, place) =>
      subjects.map((subject, index): Told => {
        const stated = verdictOf(plot, policy, subject, at, true);
        return unknown && place === 0 && index === 0 ? { ...stated, verdict: 'not_evaluated' } : stated;
      }),
    ),
    from: {
      ...{
        actor: actorOf(chance.below(PEOPLE.length)),
        actor_verified_by: ISSUER,
        repository,
        commit: chance.hex(40),
      },
      change: changeUrl(repository, 1 + Math.floor((midnight - plot.start) / DAY_MILLISECONDS)),
    },
  };
}

/** The same person has the same reference all year; -1 is the robot that deploys. */
function actorOf(person: number): string {
  return `actor:${createHash('sha256')
    .update(`demo ${PEOPLE[person] ?? 'robot'}`)
    .digest('hex')
    .slice(0, 24)}`;
}
