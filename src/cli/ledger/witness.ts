import {
  acknowledgeAlarm,
  askWitnesses,
  makeWitnesses,
  type Outcome,
  readKnown,
} from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { textOrFile } from '../witness/vkey.ts';
import { alarmRows, exitOfAlarms } from './witness-rows.ts';

export interface WitnessFlags {
  /** `URL=VKEY`, the key as text or in a file. */
  witness: string[];
  /** How many must co-sign; all of them where it is left out. */
  need?: number;
  /** Seconds for each answer. */
  timeout: number;
  /** Number of an alarm that somebody has looked at. */
  acknowledge?: number;
  reason?: string;
  json?: boolean;
}

/**
 * Shows the latest checkpoint to witnesses, and keeps what they co-sign. Exit 3 where fewer than asked for have co-signed, or a witness
 * speaks of another history; 1 where it shows one that this log's key has signed.
 */
export async function witness(folder: string, flags: WitnessFlags, context: Context): Promise<ExitCode> {
  if (flags.acknowledge !== undefined) return acknowledge(folder, flags.acknowledge, flags.reason, context);
  const witnesses = makeWitnesses(flags.witness.map((one) => split(one, context)));
  if (witnesses.length === 0)
    throw new ExhibitError('USAGE', '--witness is missing', {
      hint: 'Example: --witness https://witness.example.org=witness.vkey',
    });
  const need = flags.need ?? witnesses.length;
  if (need > witnesses.length)
    throw new ExhibitError(
      'USAGE',
      `--need ${need} is more than the ${witnesses.length} witnesses that are given`,
    );
  const { clock, stdout } = context;
  const { size, outcomes } = await askWitnesses(folder, { witnesses, clock, timeout: flags.timeout * 1_000 });
  const cosigned = outcomes.filter(({ outcome }) => outcome.kind === 'cosigned').length;
  const urls = new Set(witnesses.map(({ url }) => url));
  const alarms = readKnown(folder).alarms.filter((one) => urls.has(one.witness));
  if (flags.json === true) {
    const said = outcomes.map(({ witness: { url, keys }, outcome }) => ({
      url,
      name: keys[0]?.name,
      ...outcome,
    }));
    stdout.write(
      `${inertJson({ schemaVersion: 1, size, cosigned, of: witnesses.length, need, witnesses: said, alarms }, 2)}\n`,
    );
  } else {
    const rows = outcomes.map(({ witness: { url }, outcome }) => [printable(url), said(outcome)]);
    stdout.write(
      table(
        [
          ['checkpoint', `size ${size}`],
          ...rows,
          ['co-signed', `${cosigned} of ${witnesses.length}`],
          ...alarmRows(alarms),
        ],
        stdout,
      ),
    );
  }
  const alarm = exitOfAlarms(alarms);
  if (alarm !== EXIT.ok) return alarm;
  return cosigned >= need ? EXIT.ok : EXIT.incomplete;
}

async function acknowledge(
  folder: string,
  id: number,
  reason: string | undefined,
  { clock, stdout }: Context,
): Promise<ExitCode> {
  if (reason === undefined || reason.trim() === '')
    throw new ExhibitError('USAGE', '--acknowledge needs --reason: what was found out about the alarm');
  const { kind, witness: url } = await acknowledgeAlarm(folder, id, reason.trim(), clock);
  stdout.write(table([['acknowledged', `alarm ${id}, ${kind} by ${printable(url)}`]], stdout));
  return EXIT.ok;
}

function said(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'cosigned':
      return `co-signed size ${outcome.size}`;
    case 'away':
      return `AWAY: ${printable(outcome.message)}`;
    case 'refused':
      return `REFUSED: ${printable(outcome.message)}`;
    case 'overtaken':
      return 'was shown a newer checkpoint meanwhile, by another process of this log';
    case 'alarm':
      return `${outcome.alarm.kind.toUpperCase()}: ${printable(outcome.alarm.message)}`;
    default:
      return outcome satisfies never;
  }
}

/** The key comes as text or in a file. */
function split(given: string, context: Context): { url: string; vkey: string } {
  const match = /^(https?:\/\/[^\s=]+)=(.+)$/s.exec(given);
  if (match === null)
    throw new ExhibitError('USAGE', `--witness ${JSON.stringify(given)} is not of the form URL=VKEY`, {
      hint: 'Example: --witness https://witness.example.org=witness.vkey',
    });
  const [, url = '', key = ''] = match;
  return { url, vkey: textOrFile(key, context) };
}
