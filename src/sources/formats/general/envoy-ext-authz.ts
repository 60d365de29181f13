import { conform } from '../../each.ts';
import type { Item, Located, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { Span } from '../span.ts';
import { type AccessLine, accessEntry, isAccessLine, ofEntry, ofLine } from './envoy-access-line.ts';
import { isDecision, outcomeOf, readDecisions } from './opa-decision-log.ts';
import type { DecisionEvent } from './opa-event.ts';

/**
 * External authorization in Envoy: decisions that OPA's Envoy plugin logs, and the access log, in which the flag UAEX says that the
 * authorization refused. A request without that flag is no pass: the log does not say whether anybody was asked.
 */
export const envoyExtAuthz: Source = {
  id: 'envoy-ext-authz',
  title: 'Envoy external authorization: access log (JSON, text), OPA-Envoy decision log',
  tool: 'envoy',
  layer: 'runtime',
  population: 'varies',
  reference: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage',

  detect({ first, head }: Sample) {
    if (isDecision(first) && httpOf(first.input) !== undefined)
      return 'it has a decision about a request of Envoy';
    if (typeof first === 'object' && first !== null && 'response_flags' in first && 'response_code' in first)
      return 'it has response_code and response_flags';
    return first === undefined && head.split('\n', 20).some(isAccessLine)
      ? 'it has lines of Envoy’s access log'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    if (report.shape === 'text') yield* readAccess(textLines(report));
    else yield* readEither(report);
  },
};

/** JSON is a decision log or an access log: its first value tells. */
async function* readEither(report: Report): AsyncGenerator<Item> {
  const values = report.values()[Symbol.asyncIterator]();
  const first = await values.next();
  const all = async function* (): AsyncGenerator<Located> {
    for (let next = first; next.done !== true; next = await values.next()) yield next.value;
  };
  if (first.done !== true && isDecision(first.value.value)) {
    yield { type: 'run', tool: 'opa', population: 'all' };
    yield* readDecisions(all(), ofPlugin);
  } else yield* readAccess(all());
}

type Place = { line: number; value?: unknown; error?: { message: string } | undefined };

async function* textLines(report: Report): AsyncGenerator<Place> {
  for await (const { text, line } of report.lines()) if (text.trim() !== '') yield { line, value: text };
}

async function* readAccess(places: AsyncIterable<Place>): AsyncGenerator<Item> {
  const span = new Span();
  let scanned = 0;
  let others = 0;
  yield { type: 'run', population: 'failures' };
  for await (const { value, error, line } of places) {
    if (error !== undefined) yield { type: 'problem', message: error.message, line };
    else if (typeof value === 'string') {
      const access = ofLine(value);
      if (access === undefined) others += 1;
      else {
        scanned += 1;
        yield* ofAccess(access, span);
      }
    } else {
      scanned += 1;
      yield* conform(value, accessEntry, (entry) => ofAccess(ofEntry(entry), span), line);
    }
  }
  yield {
    type: 'run',
    scanned,
    ended: span.ended,
    note: `a request without the flag UAEX is no decision of the authorization${others === 0 ? '' : `; ${others} lines are of another kind`}`,
  };
}

function* ofAccess(access: AccessLine, span: Span): Generator<Item> {
  const time = instantOf(access.time);
  const started = span.saw(time);
  if (started !== undefined) yield started;
  const { flags, reason, request_id, method, path, authority, code } = access;
  if (!flags.split(',').includes('UAEX') && !reason.startsWith('ext_authz')) return;
  const name = [method, `${authority ?? ''}${path}`].filter(Boolean).join(' ');
  yield {
    type: 'outcome',
    check: 'ext_authz',
    subject: { type: 'request', id: request_id ?? (name === '' ? 'unnamed' : name), name },
    // Envoy refuses as well when the authorization cannot be asked: then nobody judged the request.
    verdict: reason.startsWith('ext_authz_error') ? 'error' : 'fail',
    disposition: 'enforced',
    message: reason.startsWith('ext_authz_error')
      ? 'the authorization could not be asked'
      : 'refused by the external authorization',
    observed_at: time,
    source_id: request_id === undefined || time === undefined ? undefined : `${time}/${request_id}`,
    details: {
      flags,
      ...(code === undefined ? {} : { code }),
      ...(reason === '' ? {} : { response_code_details: reason }),
    },
  };
}

/** A decision of OPA's Envoy plugin: the request by method, host and path. What it answers, Envoy does. */
function ofPlugin(event: DecisionEvent): Outcome {
  const outcome = { ...outcomeOf(event), tool: 'opa' };
  const http = httpOf(event.input);
  if (http === undefined) return outcome;
  const text = (key: string) => (typeof http[key] === 'string' ? http[key] : '');
  const principal = (event.input as { source_principal?: unknown }).source_principal;
  return {
    ...outcome,
    subject: {
      ...outcome.subject,
      name: `${text('method')} ${text('host')}${text('path').split('?')[0]}`.trim(),
    },
    ...(outcome.verdict === 'fail' ? { disposition: 'enforced' as const } : {}),
    ...(typeof principal === 'string' && principal !== '' ? { actor: principal } : {}),
  };
}

/** `input.attributes.request.http` of Envoy's CheckRequest, version 3. */
function httpOf(input: unknown): Record<string, unknown> | undefined {
  let at = input;
  for (const key of ['attributes', 'request', 'http']) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return typeof at === 'object' && at !== null ? (at as Record<string, unknown>) : undefined;
}
