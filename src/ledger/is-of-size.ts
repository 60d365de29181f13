import { parseTilePath, tileWidth } from '../verify/index.ts';
import { LOG } from './layout.ts';

/** Whether a log of this size has the file: tiles of an earlier or a later size it has not. True for what is no tile. @param key of a store */
export function isOfSize(key: string, size: number): boolean {
  if (!key.startsWith(`${LOG}/tile/`)) return true;
  const place = parseTilePath(key.slice(LOG.length + 1));
  if (place === undefined) return false;
  const { level, index, width } = place;
  return tileWidth(level === 'entries' ? 0 : level, index, size) === width;
}
