import { type Noted, readNoted } from '../../anchors/index.ts';
import { plural } from '../../record/index.ts';
import { printable } from '../terminal/text.ts';

/** What the writer noted of time stamps and second places, for people. Nothing of it was verified, and the rows say so. */
export async function notedRows(folder: string): Promise<string[][]> {
  const noted = await readNoted(folder);
  return [
    ...(noted?.timestamps === undefined ? [] : [['time stamps', printable(stampsText(noted.timestamps))]]),
    ...(noted?.copies ?? []).map((copy) => ['second place', printable(copyText(copy))]),
    ['level', 'nothing was verified here: exhibit ledger verify says what is reached'],
  ];
}

function stampsText({ newest, failing }: NonNullable<Noted['timestamps']>): string {
  const at =
    newest === undefined
      ? 'none yet'
      : `the first ${newest.size === 1 ? 'record' : `${newest.size} records`} at ${newest.time} by ${newest.tsa}`;
  return `${at}${failingText(failing)}`;
}

function copyText({ name, newest, failing }: NonNullable<Noted['copies']>[number]): string {
  const at = newest === undefined ? 'nothing kept yet' : `the checkpoint of ${plural(newest.size, 'record')}`;
  return `${name}: ${at}${failingText(failing)}`;
}

function failingText(failing: NonNullable<Noted['timestamps']>['failing']): string {
  return failing === undefined ? '' : `; FAILING since ${failing.since}: ${failing.message}`;
}
