/** Counters and a few gauges in Prometheus' text format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export class Metrics {
  readonly #counters = new Map<string, number>();
  readonly #gauges = new Map<string, () => number | undefined>();
  readonly #durations = new Map<string, { counts: number[]; sum: number; count: number }>();

  /** @param labels such as `{route: 'records', status: '200'}`; values are ours, never a caller's */
  add(name: keyof typeof COUNTERS, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = `exhibit_${name}${format(labels)}`;
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
  }

  /** @param read undefined where there is nothing to say now */
  gauge(
    name: keyof typeof GAUGES,
    read: () => number | undefined,
    labels: Readonly<Record<string, string>> = {},
  ): void {
    this.#gauges.set(`exhibit_${name}${format(labels)}`, read);
  }

  observe(route: string, seconds: number): void {
    const known = this.#durations.get(route) ?? { counts: BOUNDS.map(() => 0), sum: 0, count: 0 };
    this.#durations.set(route, known);
    known.sum += seconds;
    known.count += 1;
    const at = BOUNDS.findIndex((bound) => seconds <= bound);
    if (at >= 0) known.counts[at] = (known.counts[at] ?? 0) + 1;
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, help] of Object.entries(COUNTERS)) {
      lines.push(`# HELP exhibit_${name} ${help}`, `# TYPE exhibit_${name} counter`);
      for (const [key, value] of [...this.#counters].sort(([a], [b]) => (a < b ? -1 : 1)))
        if (key.replace(/\{.*/, '') === `exhibit_${name}`) lines.push(`${key} ${value}`);
    }
    for (const [name, help] of Object.entries(GAUGES)) {
      const rows = [...this.#gauges]
        .filter(([key]) => key.replace(/\{.*/, '') === `exhibit_${name}`)
        .flatMap(([key, read]) => {
          const value = read();
          return value === undefined ? [] : [`${key} ${value}`];
        });
      if (rows.length === 0) continue;
      lines.push(`# HELP exhibit_${name} ${help}`, `# TYPE exhibit_${name} gauge`, ...rows);
    }
    return `${[...lines, ...this.#histogram()].join('\n')}\n`;
  }

  #histogram(): string[] {
    const name = 'exhibit_request_duration_seconds';
    const lines = [`# HELP ${name} Time from the headers to the answer.`, `# TYPE ${name} histogram`];
    for (const [route, { counts, sum, count }] of this.#durations) {
      let below = 0;
      BOUNDS.forEach((bound, at) => {
        below += counts[at] ?? 0;
        lines.push(`${name}_bucket{route="${route}",le="${bound}"} ${below}`);
      });
      lines.push(`${name}_bucket{route="${route}",le="+Inf"} ${count}`);
      lines.push(`${name}_sum{route="${route}"} ${sum}`, `${name}_count{route="${route}"} ${count}`);
    }
    return lines;
  }
}

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

const COUNTERS = {
  audit_events_total: 'Events of audit logs of API servers that were taken.',
  audit_events_again_total: 'Events of audit logs that were recorded before.',
  webhook_configuration_changes_total: 'Changes of configurations of webhooks that audit events told of.',
  requests_total: 'Requests by route and status.',
  records_accepted_total: 'Records that are on disk and were acknowledged; a resend counts again.',
  records_refused_total: 'Records that were refused, by code.',
  records_sealed_total: 'Records that a seal put into the log.',
  records_resent_total: 'Records that were in the log already.',
  seal_errors_total: 'Seals that failed, by code.',
  auth_refused_total: 'Requests without a valid or sufficient identity, by code.',
  portal_refused_total:
    'Links and sign-ins that let nobody in, and what somebody reached for who may not see it.',
  bundle_changes_total: 'Bundles that were taken up, by name.',
  bundle_refused_total: 'Bundles that did not verify or could not be read, by name and code.',
  certificate_changes_total: 'Times that a renewed certificate, key or authority of callers was taken up.',
  certificate_refused_total:
    'Times that their files could not be used and the last good ones stayed, by code.',
  ca_bundle_changes_total: 'Times that caBundle of the configuration of the webhook was set.',
  opa_bundle_errors_total: 'Times that an OPA began to say that it does not use a bundle.',
  gaps_recorded_total: 'Gap records that were written for what is missing.',
  reviews_total: 'Reviews of an API server that were answered, by answer and operation.',
  spool_sent_total: 'Records of the spool that the evidence server acknowledged.',
  spool_failures_total: 'Times that sending the spool began to fail, by code.',
  events_total: 'Events of other tools that were taken, by format; one that was sent again counts again.',
  events_counted_total: 'Events that were counted in a flood instead of getting a record of their own.',
  queue_messages_total:
    'Messages of queues, by queue and outcome: taken, unread (they stay there), failed (they come again).',
  witness_answers_total:
    'Times that a witness was shown a checkpoint, by witness and outcome: cosigned, away, refused, overtaken, alarm.',
  timestamps_total: 'Time stamps that were taken and recorded.',
  timestamp_errors_total: 'Times that no time stamp was got, by code.',
  checkpoint_copies_total: 'Checkpoints that were kept in another place.',
  checkpoint_copy_errors_total: 'Times that one could not be kept, by code.',
  decisions_total: 'Decisions that this server made or that an OPA sent, by source.',
} as const;

const GAUGES = {
  queue_bytes: 'Bytes that are being taken in.',
  unsealed_records: 'Records that wait for a seal.',
  bundle_read_seconds: 'When the origin of a bundle last said what it has, seconds since 1970.',
  bundle_refused:
    '1 while what the origin of a bundle has is not used, or cannot be read, and the last good one is served.',
  bundle_revision_seconds: 'Commit time of the bundle that is served, seconds since 1970.',
  bundle_waiters: 'Callers that wait for a new bundle.',
  certificate_expires_seconds: 'When the certificate that is served expires, seconds since 1970.',
  authorities: 'Authorities that callers must trust, where the server makes its certificate itself.',
  authority_expires_seconds: 'When the newest of them expires, seconds since 1970.',
  ca_bundle_kept:
    '1 while the configuration of the webhook is known to trust this server; 0 while it cannot be seen, or is not ours.',
  certificate_refused: '1 while the files of TLS cannot be used and the last good ones are served.',
  queue_failed: '1 while a queue cannot be read, by name.',
  gaps_open: 'What was expected and is missing, at the last look.',
  spool_bytes: 'Bytes of the spool that the evidence server has not acknowledged yet.',
  spool_oldest_seconds: 'Age of the oldest file of the spool that waits.',
  spool_full: '1 while the spool takes nothing more.',
  spool_failing: '1 while the evidence server takes nothing.',
  spool_refused_records: 'Records of the spool that the evidence server refused; they are kept aside.',
  witness_cosigned_size: 'Records in the newest checkpoint that a witness has co-signed.',
  witness_failing: '1 while a witness does not co-sign what it is shown.',
  witness_alarms_open:
    'Alarms of witnesses that know another history of the log, and that nobody has acknowledged.',
  seal_failing: '1 while the last seal failed: what is acknowledged waits, and nothing new is published.',
  timestamp_seconds: 'When the newest time stamp was made, by its authority, seconds since 1970.',
  timestamp_failing: '1 while the authority gives no time stamp.',
  checkpoint_copy_size: 'Records that the newest checkpoint kept in another place covers, by place.',
  checkpoint_copy_failing: '1 while checkpoints cannot be kept there, by place.',
  log_size: 'Records in the log at the last seal.',
  resident_bytes: 'Memory of this process.',
} as const;

function format(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
