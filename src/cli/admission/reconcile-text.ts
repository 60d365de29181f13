import { type AuditWrite, about, isBypass, type Reconciliation, WORDS } from '../../audit/index.ts';
import { formatInstant, plural } from '../../record/index.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import { type ReconcileReport, reconcileSchema } from './reconcile-schema.ts';

export interface Shown {
  from: string;
  to: string;
  source: string;
  found: Reconciliation;
  problems: readonly string[];
}

/** Most lines of one kind; what is left out is counted, and `-o json` has all. */
const MOST = 50;

/** Both sides first: that nothing is missing says nothing without how many were compared. */
export function showReconciliation(
  shown: Shown,
  { added, code }: { added: number; code: ExitCode },
  { output, record }: { output: 'table' | 'json'; record?: boolean },
  { stdout }: Context,
): void {
  if (output === 'json') {
    stdout.write(`${inertJson(reconcileSchema.parse(report(shown, added, code)), 2)}\n`);
    return;
  }
  const { from, to, found, problems } = shown;
  const rows = [
    ['period', `${from} to ${to}`],
    ['writes in the audit log', String(found.writes)],
    ...found.not_asked.map(({ reason, count }) => [`  not asked about: ${reason}`, String(count)]),
    ['  only tried (dry run)', String(found.tried)],
    ['  refused by others', String(found.refused)],
    ['  asked about, or should have been', String(found.population)],
    ['    with their run in the log', String(found.recorded)],
    ['    whose run the log does not have', String(found.lost.length)],
    ['    later than the log that was read', String(found.later)],
    ['    admitted without being asked about', String(found.bypassed.length)],
    ['runs of the webhook', String(found.runs)],
    ['  named by the audit log', String(found.named)],
    ['  asked again within one request', String(found.again)],
    ['  of connections, told of when they end', String(found.connections)],
    ['  outside of what the audit log covers', String(found.outside)],
    ['  that no event names', String(found.unnamed.length)],
  ];
  stdout.write(table(rows, stdout));
  const lines = [
    found.bypassed.map(
      ({ write, reason }) =>
        `gap: ${about(write)} was admitted, and the webhook was not asked: ${WORDS[reason]}`,
    ),
    found.lost.map((write) => `gap: ${about(write)}: run ${write.run} is not in the log`),
    found.unnamed.map(
      ({ run_id, time }) =>
        `no event names run ${run_id} of ${formatInstant(time)}: the audit log is not complete`,
    ),
    found.changes.map(
      (change) =>
        `configuration ${change.kind} at ${change.write.time}${isBypass(change) ? ' (bypass)' : ''}${change.differs.map((one) => `: ${one}`).join('')}`,
    ),
    problems.map((problem) => `not read: ${problem}`),
  ];
  for (const some of lines) {
    for (const line of some.slice(0, MOST)) stdout.write(sentence(line, stdout));
    if (some.length > MOST) stdout.write(`and ${some.length - MOST} more: -o json has all\n`);
  }
  if (record === true) stdout.write(`${plural(added, 'new record')}\n`);
}

function report(
  { from, to, source, found, problems }: Shown,
  added: number,
  code: ExitCode,
): ReconcileReport {
  const { lost, bypassed, unnamed, changes, ...counts } = found;
  return {
    schemaVersion: 1,
    from,
    to,
    source,
    ...counts,
    lost: lost.map((write) => ({ ...writeOf(write), run: write.run ?? '' })),
    bypassed: bypassed.map(({ write, reason, change }) => ({
      ...writeOf(write),
      reason,
      ...(change === undefined ? {} : { change_audit_id: change.write.audit_id }),
    })),
    unnamed: unnamed.map(({ run_id, record_id, time, operation, resource }) => ({
      run_id,
      record_id,
      time: formatInstant(time),
      operation,
      resource,
    })),
    configuration: changes.map((change) => ({
      audit_id: change.write.audit_id,
      time: change.write.time,
      kind: change.kind,
      bypass: isBypass(change),
      differs: change.differs,
      ...(change.write.actor === undefined ? {} : { actor: change.write.actor }),
    })),
    problems: [...problems],
    added,
    exit_code: code,
  };
}

function writeOf({
  audit_id,
  time,
  operation,
  group,
  resource,
  subresource,
  namespace,
  name,
  actor,
  code,
}: AuditWrite) {
  const plain = group === '' ? resource : `${resource}.${group}`;
  return {
    audit_id,
    time,
    operation,
    resource: subresource === undefined ? plain : `${plain}/${subresource}`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(actor === undefined ? {} : { actor }),
    ...(code === undefined ? {} : { code }),
  };
}
