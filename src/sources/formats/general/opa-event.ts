import { z } from 'zod';
import { exactNumber, isSameNumber, redactText } from '../../../record/index.ts';

/** One event of OPA's decision log, as far as it is read. @see OPA, "Decision Log Service API"; v1/plugins/logs */
export interface DecisionEvent {
  decision_id: string;
  labels: Record<string, string>;
  /** Slash path of what was asked, or the text of a query. */
  path: string;
  revisions: string[];
  input: unknown;
  /** Undefined where the document was undefined. */
  result: unknown;
  error: unknown;
  /** JSON Pointers below `/input` and others, by OPA's own masks. */
  erased: string[];
  masked: string[];
  /** Unix milliseconds. */
  time: number;
  requested_by?: string;
  trace_id?: string;
}

const MOST_NAME = 256;

/**
 * The AI system that an event names in its label `ai_system`, as the details of a decision have it. Attacker-controlled by whoever
 * configures the OPA or asks about the action: one that is too long, or holds a secret, names none.
 */
export function aiSystemOf({ labels }: Pick<DecisionEvent, 'labels'>): { ai_system?: string } {
  const name = (labels.ai_system ?? '').toWellFormed().trim();
  return name === '' || name.length > MOST_NAME || redactText(name) !== name ? {} : { ai_system: name };
}

const text = z.string().max(2_048);
const pointers = z.array(text).max(10_000).default([]);
const schema = z.object({
  decision_id: z.string().min(1).max(256),
  labels: z.record(z.string().max(256), text).default({}),
  path: text.optional(),
  query: z.string().optional(),
  bundles: z.record(z.string(), z.object({ revision: z.string().max(256).optional() })).default({}),
  input: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
  erased: pointers,
  masked: pointers,
  timestamp: z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'expected an RFC 3339 time'),
  requested_by: text.optional(),
  trace_id: text.optional(),
});

/** @returns the event, or why it is none */
export function readEvent(value: unknown): DecisionEvent | string {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`;
  }
  const { path, query, bundles, timestamp, requested_by, trace_id, ...rest } = parsed.data;
  return {
    ...rest,
    input: rest.input,
    result: rest.result,
    error: rest.error,
    path: (path ?? '').replace(/^\/+|\/+$/g, '') || (query === undefined ? '' : 'query'),
    revisions: Object.values(bundles).flatMap(({ revision }) => (revision === undefined ? [] : [revision])),
    time: Date.parse(timestamp),
    ...(requested_by === undefined ? {} : { requested_by }),
    ...(trace_id === undefined ? {} : { trace_id }),
  };
}

/** A slash path as part of a name: a policy id is seen whole. */
export function pathName(path: string): string {
  const plain = path
    .normalize('NFC')
    .replaceAll(/[^\w./-]/g, '_')
    .slice(0, 200);
  return plain === '' ? 'data' : plain;
}

type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const LONG = /\d{16}/;

/** JSON in which a number that a double cannot hold keeps its digits. @throws SyntaxError */
export function parseExact(json: string): unknown {
  if (!LONG.test(json)) return JSON.parse(json);
  const keepDigits: SourceReviver = (_key, value, { source }) =>
    typeof value !== 'number' || source === undefined || isSameNumber(source, value)
      ? value
      : exactNumber(source);
  return JSON.parse(json, keepDigits as (key: string, value: unknown) => unknown);
}
