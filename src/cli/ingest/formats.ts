import { SOURCES } from '../../sources/index.ts';
import type { Sink } from '../context.ts';
import { table } from '../terminal/table.ts';

/** Every format that can be taken in. */
export function formatsText(sink: Pick<Sink, 'isTTY' | 'columns'>): string {
  const rows = [...SOURCES]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, title, layer }) => [id, layer, title]);
  return table([['FORMAT', 'LAYER', 'WRITTEN BY'], ...rows], sink);
}
