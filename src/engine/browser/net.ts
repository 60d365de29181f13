/** In a browser: what the engine takes of node:net. */

const PART = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const V4 = new RegExp(`^${PART}(?:\\.${PART}){3}$`);
const GROUP = /^[0-9a-f]{1,4}$/i;

/** 4, 6, or 0 for what is no address (RFC 4291 section 2.2). Zones are left to the caller, who refuses them. */
export function isIP(text: string): 0 | 4 | 6 {
  if (V4.test(text)) return 4;
  return isV6(text) ? 6 : 0;
}

function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const all = groups.flat();
  const dotted = all.at(-1)?.includes('.') === true;
  if (dotted && (!V4.test(all.at(-1) ?? '') || text.endsWith('::'))) return false;
  if (!all.slice(0, dotted ? -1 : undefined).every((group) => GROUP.test(group))) return false;
  const count = all.length + (dotted ? 1 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}
