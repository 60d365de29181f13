import type { Alarm, WitnessStatus } from '../../ledger/index.ts';
import { formatInstant, plural } from '../../record/index.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printable } from '../terminal/text.ts';

/** What each witness co-signed, and what is wrong with it, for a table. */
export function witnessRows(witnesses: readonly WitnessStatus[], size: number): string[][] {
  return witnesses.map(({ url, name, size: cosigned, cosigned_at: at, failing }) => {
    const upTo =
      at === undefined
        ? 'has co-signed nothing yet'
        : `co-signed up to size ${cosigned} at ${formatInstant(at)}${cosigned < size ? `, ${plural(size - cosigned, 'record')} behind` : ''}`;
    const wrong =
      failing === undefined
        ? ''
        : `; ${failing.kind.toUpperCase()} since ${formatInstant(failing.since)}: ${printable(failing.message)}`;
    return ['witness', `${printable(name)} (${printable(url)}) ${upTo}${wrong}`];
  });
}

/** Alarms, those that somebody has looked at with the reason that was given. */
export function alarmRows(alarms: readonly Alarm[]): string[][] {
  return alarms.map(({ id, witness, kind, proven, at, message, acknowledged }) => {
    const what = `${id}, ${formatInstant(at)}: ${kind.toUpperCase()} ${proven ? '(proven)' : '(not proven)'} by ${printable(witness)}`;
    return acknowledged === undefined
      ? [
          'ALARM',
          `${what}: ${printable(message)}. Both checkpoints: --json. Once you know why: exhibit ledger witness FOLDER --acknowledge ${id} --reason TEXT`,
        ]
      : [
          'alarm',
          `${what}: acknowledged at ${formatInstant(acknowledged.at)}: ${printable(acknowledged.reason)}`,
        ];
  });
}

/** 1 for a history that the log's own signatures contradict, 3 for one that a witness only speaks of; 0 where all were acknowledged. */
export function exitOfAlarms(alarms: readonly Alarm[]): ExitCode {
  const open = alarms.filter(({ acknowledged }) => acknowledged === undefined);
  if (open.some(({ proven }) => proven)) return EXIT.violation;
  return open.length > 0 ? EXIT.incomplete : EXIT.ok;
}
