import { z } from 'zod';
import { olderThan } from './age.ts';
import { lastKnownDay } from './pictures/until.ts';
import {
  type AuditReport,
  type ControlReport,
  type ManualEvidence,
  manualItemSchema,
  type SystemDecisions,
  systemDecisionsSchema,
} from './schema.ts';

const count = z.int().min(0);

const pointSchema = z.strictObject({
  id: z.string().describe('of the framework: 9 and 11 with their paragraphs, annex-iv.1 to annex-iv.9'),
  title: z.string().describe("Exhibit's own wording"),
  documents: z
    .enum(['in_force', 'failed', 'not_reviewed', 'stale', 'missing'])
    .describe(
      'the worst of what was not replaced, except that what is in force stands before what is not reviewed or stale',
    ),
  manual: z.array(manualItemSchema).describe('what people gave for this point and this system'),
  decisions: z
    .enum(['passing', 'failing', 'open', 'not_applicable', 'none'])
    .describe('of policies: the worst of what each said last; never one word with documents'),
  policies: z.array(systemDecisionsSchema),
  missing: z.array(z.string()).describe('in words; empty: nothing is known to be missing, which is no pass'),
});

const systemSchema = z.strictObject({
  id: z.string().describe('as registrations, documents and applications name it; attacker-controlled'),
  last_named: z.string().describe('RFC 3339, UTC: by a decision or by what somebody gave'),
  annex_iv: z.strictObject({
    points: count,
    in_force: count.describe('with a document in force'),
    with_missing: count,
  }),
  points: z.array(pointSchema),
});

/** Articles 9 and 11 and Annex IV, for each AI system by itself. Version 1, as published with the report. */
export const aiActSchema = z.strictObject({
  on: z.string().describe('UTC day on which freshness is told'),
  systems: z.array(systemSchema),
  without_system: z
    .array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        manual: z.array(manualItemSchema),
        policies: z
          .array(z.strictObject({ policy_id: z.string(), decisions: count }))
          .describe('those that judged something'),
      }),
    )
    .describe('what names no AI system: it counts for none'),
  judged_nothing: z
    .array(z.strictObject({ policy_id: z.string(), runs: count }))
    .describe(
      'policies that found nothing to judge, in so many decisions: no evidence, and not in without_system',
    ),
});
export type AiActIndex = z.infer<typeof aiActSchema>;
export type AiSystem = AiActIndex['systems'][number];
export type AiPoint = AiSystem['points'][number];

const WITHIN = ['9', '11', 'annex-iv'];
const isPoint = ({ id }: ControlReport): boolean =>
  WITHIN.some((begin) => id === begin || id.startsWith(`${begin}.`));
const isAnnex = ({ id }: { id: string }): boolean => id.startsWith('annex-iv.');

/**
 * What there is of each AI system, by point. A system is known by the decisions and documents that name it: one that nothing names is
 * not here, and nothing shows that there is none.
 */
export function aiActIndex(report: AuditReport): AiActIndex {
  const { controls, scope } = report;
  const until = lastKnownDay(report);
  const points = controls.filter(isPoint);
  const named = new Map<string, string>();
  const see = (system: string, at: string) => {
    const before = named.get(system);
    if (before === undefined || before < at) named.set(system, at);
  };
  // Also what speaks to other articles names a system, whose documentation is then missing.
  for (const { ai_systems, manual } of controls) {
    for (const { ai_system, last_recorded_at } of ai_systems) see(ai_system, last_recorded_at);
    for (const { ai_system, added_at } of manual) if (ai_system !== null) see(ai_system, added_at);
  }
  const systems = [...named]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, last_named]): AiSystem => {
      const own = points.map((control) => pointOf(control, id, until));
      const annex = own.filter(isAnnex);
      return {
        id,
        last_named,
        annex_iv: {
          points: annex.length,
          in_force: annex.filter(({ documents }) => documents === 'in_force').length,
          with_missing: annex.filter(({ missing }) => missing.length > 0).length,
        },
        points: own,
      };
    });
  return {
    on: scope.to,
    systems,
    without_system: points.flatMap(({ id, title, manual, ai_systems, layers }) => {
      const items = manual.filter(({ ai_system }) => ai_system === null);
      const policies = unnamedDecisions(layers, ai_systems);
      return items.length + policies.length === 0 ? [] : [{ id, title, manual: items, policies }];
    }),
    judged_nothing: judgedNothing(points),
  };
}

/** Decisions of the period that judged something, without those that name a system. */
function unnamedDecisions(layers: ControlReport['layers'], named: readonly SystemDecisions[]) {
  const of = <T extends { policy_id: string; decisions: number; not_applicable: number }>(
    list: readonly T[],
    policy: string,
  ) =>
    list
      .filter(({ policy_id }) => policy_id === policy)
      .reduce((sum, { decisions, not_applicable }) => sum + decisions - not_applicable, 0);
  return [...new Set(layers.map(({ policy_id }) => policy_id))]
    .map((policy_id) => ({ policy_id, decisions: of(layers, policy_id) - of(named, policy_id) }))
    .filter(({ decisions }) => decisions > 0);
}

/** What found no subject names no system, since there was none: it is told apart, once a policy. */
function judgedNothing(points: readonly ControlReport[]): AiActIndex['judged_nothing'] {
  const most = new Map<string, number>();
  for (const { layers } of points)
    for (const [policy, rows] of Map.groupBy(layers, ({ policy_id }) => policy_id)) {
      const runs = rows.reduce((sum, { not_applicable }) => sum + not_applicable, 0);
      // A policy of several points is seen once for each.
      most.set(policy, Math.max(most.get(policy) ?? 0, runs));
    }
  return [...most]
    .filter(([, runs]) => runs > 0)
    .map(([policy_id, runs]) => ({ policy_id, runs }))
    .sort((a, b) => (a.policy_id < b.policy_id ? -1 : 1));
}

function pointOf(control: ControlReport, system: string, until: string): AiPoint {
  const manual = control.manual.filter(({ ai_system }) => ai_system === system);
  const policies = control.ai_systems.filter(({ ai_system }) => ai_system === system);
  const documents = documentsOf(manual);
  return {
    id: control.id,
    title: control.title,
    documents,
    manual,
    decisions: decisionsOf(policies),
    policies,
    missing: [
      ...(documents === 'in_force' ? [] : [DOCUMENT_WORDS[documents]]),
      ...control.policies.flatMap(({ policy_id, cadence }) => {
        const said = policies.find((each) => each.policy_id === policy_id);
        return said === undefined
          ? [`no decision of ${policy_id} names this system`]
          : policyProblems(said, cadence, until);
      }),
      // Policies that judged once and are linked no more.
      ...policies
        .filter(({ policy_id }) => !control.policies.some((each) => each.policy_id === policy_id))
        .flatMap((said) => policyProblems(said, '', until)),
    ],
  };
}

const DOCUMENT_WORDS: Record<Exclude<AiPoint['documents'], 'in_force'>, string> = {
  missing: 'no document names this system',
  failed: 'a document failed its review',
  not_reviewed: 'nobody reviewed the document',
  stale: 'the document is stale',
};

function documentsOf(items: readonly ManualEvidence[]): AiPoint['documents'] {
  const there = items.filter(({ replaced_by }) => replaced_by === null);
  if (there.length === 0) return 'missing';
  if (there.some(({ verdict }) => verdict === 'fail')) return 'failed';
  if (there.some(({ in_force }) => in_force)) return 'in_force';
  const fresh = there.some(({ verdict, freshness }) => verdict === 'not_evaluated' && freshness !== 'stale');
  return fresh ? 'not_reviewed' : 'stale';
}

function decisionsOf(policies: readonly SystemDecisions[]): AiPoint['decisions'] {
  if (policies.length === 0) return 'none';
  if (policies.some(({ failing }) => failing > 0)) return 'failing';
  if (policies.some(({ open }) => open > 0)) return 'open';
  return policies.some(({ passing }) => passing > 0) ? 'passing' : 'not_applicable';
}

function policyProblems(said: SystemDecisions, cadence: string, until: string): string[] {
  const { policy_id, failing, open, passing, subjects } = said;
  const old = olderThan(said.last_recorded_at.slice(0, 10), [cadence], until);
  return [
    ...(failing > 0 ? [`${policy_id} fails for ${failing} of ${subjects}`] : []),
    ...(open > 0 ? [`${policy_id} came to no verdict for ${open} of ${subjects}`] : []),
    ...(failing + open + passing === 0 ? [`${policy_id} does not apply to this system`] : []),
    ...(old === undefined ? [] : [`${policy_id}: ${old}`]),
  ];
}
