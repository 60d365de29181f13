import { expect, it } from 'vitest';
import type { Unnumbered } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { OwnGroup } from './own-group.ts';

const named = (message: string) => ({ message }) as Unnumbered;

it('what comes while a group is written becomes the next group, blobs with it', async () => {
  const written: [string[], number][] = [];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const group = new OwnGroup(async (records, blobs) => {
    written.push([records.map(({ message = '' }) => message), [...blobs].length]);
    await gates[written.length - 1]?.promise;
  });
  const first = group.add([named('a')], [new Uint8Array()]);
  const together = group.add([named('b')], []);
  await Promise.resolve();
  await Promise.resolve();
  const later = [group.add([named('c'), named('d')], [new Uint8Array()]), group.add([named('e')], [])];
  gates[0]?.resolve();
  await Promise.all([first, together]);
  gates[1]?.resolve();
  await Promise.all(later);
  expect(written).toEqual([
    [['a', 'b'], 1],
    [['c', 'd', 'e'], 1],
  ]);
});

it('a record that is wrong is refused alone, and a disk that is full refuses all', async () => {
  let full = false;
  const kept: string[] = [];
  const group = new OwnGroup(async (records) => {
    if (full) throw new ExhibitError('LEDGER_IO', 'no room');
    if (records.some(({ message }) => message === 'bad'))
      throw new ExhibitError('RECORD_TOO_LARGE', 'too large');
    kept.push(...records.map(({ message = '' }) => message));
  });
  const codes = async (messages: readonly string[]) =>
    (await Promise.allSettled(messages.map((message) => group.add([named(message)], [])))).map((one) =>
      one.status === 'rejected' ? (one.reason as ExhibitError).code : 'kept',
    );
  expect(await codes(['good', 'bad', 'better'])).toEqual(['kept', 'RECORD_TOO_LARGE', 'kept']);
  expect(kept).toEqual(['good', 'better']);
  full = true;
  expect(await codes(['x', 'y'])).toEqual(['LEDGER_IO', 'LEDGER_IO']);
});
