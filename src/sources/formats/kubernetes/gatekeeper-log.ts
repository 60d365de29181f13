import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { otherLines } from '../other-lines.ts';
import { Span } from '../span.ts';
import { violated } from './gatekeeper-violation.ts';

const entry = z.looseObject({
  ts: z.union([z.number(), z.string()]).nullish(),
  msg: z.string().nullish(),
  event_type: z.string(),
  process: z.string().nullish(),
  audit_id: z.string().nullish(),
  details: z.unknown().optional(),
  constraint_kind: z.string().min(1),
  constraint_name: z.string().min(1),
  constraint_action: z.string().nullish(),
  constraint_violations: z.union([z.string(), z.number()]).nullish(),
  resource_kind: z.string().nullish(),
  resource_namespace: z.string().nullish(),
  resource_name: z.string().nullish(),
  request_username: z.string().nullish(),
});
type Entry = z.infer<typeof entry>;

const OURS = /"event_type":\s*"(violation|violation_audited|constraint_audited)"/;

/** Lines of Gatekeeper's log that tell violations: of audits always, of admission with --log-denies. Other lines are passed over. */
export const gatekeeperLog: Source = {
  id: 'gatekeeper-log',
  title: 'Gatekeeper, log of the webhook and of audits',
  tool: 'gatekeeper',
  layer: 'admission',
  population: 'failures',
  reference: 'https://github.com/open-policy-agent/gatekeeper: website/docs/audit.md, website/docs/debug.md',

  detect({ head, first }: Sample) {
    // An event of Kubernetes has the same words in its annotations.
    if (typeof first === 'object' && first !== null && 'kind' in first) return undefined;
    return OURS.test(head) && /"constraint_kind":/.test(head)
      ? 'it has log lines with event_type and constraint_kind'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const span = new Span();
    const audits = new Audits();
    let scanned = 0;
    let others = 0;
    for await (const { text, line } of report.lines()) {
      if (text.trim() === '') continue;
      scanned += 1;
      if (!text.includes('"event_type"')) {
        others += 1;
        continue;
      }
      const value = parsed(text.slice(text.indexOf('{')));
      if (value === undefined)
        yield {
          type: 'problem',
          message: 'the line is not well-formed JSON',
          line,
          hint: 'The log was cut off here.',
        };
      else if (!OURS.test(text)) others += 1;
      else yield* conform(value, entry, (each) => items(each, span, audits), line);
    }
    yield {
      type: 'run',
      scanned,
      ended: span.ended,
      ...otherLines(others, 'violation'),
    };
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* items(value: Entry, span: Span, audits: Audits): Generator<Item> {
  const { event_type, process, audit_id, details } = value;
  const time = instantOf(value.ts);
  const started = span.saw(time);
  if (started !== undefined) yield started;
  const constraint = `${value.constraint_kind}/${value.constraint_name}`;
  if (event_type === 'constraint_audited') {
    const stated = Number(value.constraint_violations ?? Number.NaN);
    const read = audits.of(audit_id ?? '', constraint);
    if (Number.isFinite(stated) && stated !== read)
      yield {
        type: 'problem',
        message: `${constraint}: the audit ${audit_id ?? ''} counts ${stated} violations, and ${read} are in the log`,
        hint: 'Lines are missing: the log was rotated or cut.',
      };
    return;
  }
  const audited = event_type === 'violation_audited' || process === 'audit';
  if (audited) audits.add(audit_id ?? '', constraint);
  yield violated({
    kind: value.constraint_kind,
    name: value.constraint_name,
    resource: {
      kind: value.resource_kind ?? '',
      namespace: value.resource_namespace,
      name: value.resource_name ?? '',
    },
    message: value.msg ?? undefined,
    action: value.constraint_action ?? undefined,
    process: audited ? 'audit' : 'admission',
    time,
    source_id: undefined,
    actor: value.request_username ?? undefined,
    details: {
      ...(audit_id == null ? {} : { audit: audit_id }),
      ...(details == null ? {} : { details }),
    },
  });
}

/** How many violations of each constraint the audit under way has told. */
class Audits {
  #audit = '';
  #counts = new Map<string, number>();

  add(audit: string, constraint: string): void {
    this.#turn(audit);
    this.#counts.set(constraint, (this.#counts.get(constraint) ?? 0) + 1);
  }

  of(audit: string, constraint: string): number {
    this.#turn(audit);
    return this.#counts.get(constraint) ?? 0;
  }

  #turn(audit: string): void {
    if (audit === this.#audit) return;
    this.#audit = audit;
    this.#counts = new Map();
  }
}
