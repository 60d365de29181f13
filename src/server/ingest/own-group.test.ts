import { expect, it } from 'vitest';
import type { Encoded } from '../../ledger/index.ts';
import { ExhibitError } from '../../record/index.ts';
import { OwnGroup } from './own-group.ts';

const named = (message: string) => ({ record_id: message }) as Encoded;

it('what comes while a group is written becomes the next group, blobs with it', async () => {
  const written: [string[], number][] = [];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const group = new OwnGroup(async (records, blobs) => {
    written.push([records.map(({ record_id }) => record_id), [...blobs].length]);
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

it('a disk that is full refuses all of a group', async () => {
  const group = new OwnGroup(async () => {
    throw new ExhibitError('LEDGER_IO', 'no room');
  });
  const results = await Promise.allSettled([group.add([named('x')], []), group.add([named('y')], [])]);
  expect(results.map((one) => one.status === 'rejected' && (one.reason as ExhibitError).code)).toEqual([
    'LEDGER_IO',
    'LEDGER_IO',
  ]);
});
