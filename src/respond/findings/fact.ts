import { z } from 'zod';
import { DISPOSITIONS, type Digest, isDigest, LAYERS, SEVERITIES, VERDICTS } from '../../record/index.ts';
import { factsOfMetadata } from './key.ts';
import { type Act, type Fact, type JudgedFact, NIS2_STEPS, OUTCOMES } from './types.ts';

const texts = z.record(z.string(), z.unknown());
/** What is read of a record: it is in the log, so it has the form of a record. */
const entry = z.object({
  record_id: z.string(),
  record_type: z.string(),
  observed_at: z.string(),
  recorded_at: z.string(),
  layer: z.enum(LAYERS),
  emitter: z.string(),
  tool: z.string(),
  policy_id: z.string().optional(),
  rule_id: z.string().optional(),
  subject_type: z.string().optional(),
  subject_id: z.string().optional(),
  subject_name: z.string().optional(),
  environment: z.string().optional(),
  repository: z.string().optional(),
  file: z.string().optional(),
  verdict: z.enum(VERDICTS).optional(),
  disposition: z.enum(DISPOSITIONS).optional(),
  severity: z.enum(SEVERITIES).optional(),
  message: z.string().optional(),
  actor: z.string().optional(),
  override_id: z.string().optional(),
  override_digest: z.string().optional(),
  input_ref: z.string().optional(),
  control_map_digest: z.string().optional(),
  policy_revision: z.string().optional(),
  ext: z.string().optional(),
  details: texts.optional(),
});
export type Entry = z.infer<typeof entry>;
export const parseEntry = (value: unknown): Entry => entry.parse(value);

const time = z.iso.datetime({ offset: true });
/** What a `response` record has in its details. */
export const actSchema = z.discriminatedUnion('action', [
  z.object({ action: z.enum(['acknowledge', 'comment']) }),
  z.object({ action: z.literal('assign'), owner: z.string() }),
  z.object({ action: z.literal('snooze'), until: time }),
  z.object({ action: z.literal('incident'), known_at: time }),
  z.object({
    action: z.literal('incident_step'),
    step: z.enum(NIS2_STEPS),
    submitted_at: time,
    reference: z.string(),
  }),
  z.object({
    action: z.literal('delivery'),
    key: z.string(),
    number: z.int().min(1),
    channel: z.string(),
    event: z.string(),
    outcome: z.enum(OUTCOMES),
  }),
]);
const responseDetails = z.object({ finding: z.string() }).and(actSchema);

const overrideDetails = z.object({
  scope: z
    .record(
      z.enum(['subjects', 'types', 'environments', 'repositories', 'layers', 'files']),
      z.array(z.string()).optional(),
    )
    .optional(),
  owner: z.string().min(1),
  approver: z.string().min(1),
  reason: z.string().min(1),
  created: time,
  sunset: time,
});

/** Overrides and responses count where Exhibit itself wrote them: an emitter of a scanner can say nothing about either. */
const OWN = 'exhibit';

/**
 * What a record says about findings; undefined for one that says nothing.
 * @param admission fails at admission that were not refused count, too
 */
export function factOf(record: Entry, admission: boolean): Fact | undefined {
  const { record_id } = record;
  const recorded = Date.parse(record.recorded_at);
  const said = { record_id, recorded, at: Math.min(Date.parse(record.observed_at), recorded) };
  switch (record.record_type) {
    case 'decision':
      return judged(record, said, admission);
    case 'response': {
      const read = responseDetails.safeParse(record.details);
      if (!read.success || record.emitter !== OWN) return undefined;
      const { finding, ...act } = read.data;
      return {
        // By the ledger's clock: what is said comes after what it is about.
        ...{ what: 'response', record_id, recorded, at: recorded, finding, act: act as Act },
        ...(record.actor === undefined ? {} : { actor: record.actor }),
        ...(record.message === undefined ? {} : { text: record.message }),
      };
    }
    case 'override':
      return overrideOf(record, recorded);
    default:
      return record.layer === 'runtime' && gone(record) ? subject(record, said, 'gone') : undefined;
  }
}

function overrideOf(record: Entry, recorded: number): Fact | undefined {
  const { record_id, policy_id, override_id, override_digest: digest } = record;
  const read = overrideDetails.safeParse(record.details);
  if (!read.success || record.emitter !== OWN) return undefined;
  if (policy_id === undefined || override_id === undefined || digest === undefined || !isDigest(digest))
    return undefined;
  const { created, sunset, scope = {} } = read.data;
  const given = Object.entries(scope).filter(([, all]) => all !== undefined);
  return {
    ...{ what: 'override', record_id, recorded, id: override_id, digest, policy: policy_id },
    // Not before the log had it: nobody waives what was.
    at: Math.max(recorded, Date.parse(created)),
    scope: Object.fromEntries(given),
    created: Date.parse(created),
    sunset: Date.parse(sunset),
  };
}

function judged(
  record: Entry,
  said: Pick<JudgedFact, 'record_id' | 'recorded' | 'at'>,
  admission: boolean,
): Fact | undefined {
  if (record.layer !== 'runtime' && !(admission && record.layer === 'admission')) return undefined;
  // What was asked with a clock that somebody chose is no evidence.
  if (record.ext?.includes('"simulated":true') === true) return undefined;
  if (gone(record)) return subject(record, said, 'gone');
  switch (record.verdict) {
    case 'pass':
      return subject(record, said, 'pass');
    case 'fail':
      if (record.disposition === 'waived') return subject(record, said, 'waived');
      // What admission refused is not there: nobody must mend it.
      if (
        record.layer === 'admission' &&
        record.disposition !== 'warned' &&
        record.disposition !== 'observed'
      )
        return undefined;
      return subject(record, said, 'fail');
    case 'error':
    case 'not_evaluated':
    case 'not_applicable':
      return subject(record, said, 'unknown');
    default:
      return undefined;
  }
}

/** A watcher says that a subject was deleted by this, and by nothing less. */
const gone = ({ details }: Entry): boolean => details?.subject_state === 'gone';

function subject(
  record: Entry,
  said: Pick<JudgedFact, 'record_id' | 'recorded' | 'at'>,
  what: JudgedFact['what'],
): JudgedFact | undefined {
  const { policy_id, rule_id, subject_id, details, override_digest } = record;
  if (subject_id === undefined) return undefined;
  const metadata = details?.metadata ?? details;
  const facts = factsOfMetadata(metadata, subject_id);
  const digest: Digest | undefined =
    override_digest !== undefined && isDigest(override_digest) ? override_digest : undefined;
  return {
    ...said,
    what,
    subject_id,
    layer: record.layer,
    tool: record.tool,
    severity: record.severity ?? 'critical',
    ...given({
      policy: policy_id,
      rule: rule_id,
      subject_type: record.subject_type,
      subject_name: record.subject_name,
      environment: record.environment,
      cluster: typeof details?.cluster === 'string' ? details.cluster : undefined,
      message: record.message,
      repository: record.repository,
      file: record.file,
      override_digest: digest,
      facts,
    }),
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
/** Only what has a value. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
