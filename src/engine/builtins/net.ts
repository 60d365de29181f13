import { isIP } from 'node:net';
import { ExhibitError } from '../../record/index.ts';
import type { Builtin } from '../wasm/instance.ts';
import { RegoSet } from '../wasm/term.ts';
import { unique } from './collections.ts';
import { fail, members, string } from './operands.ts';

interface Network {
  bits: 32 | 128;
  first: bigint;
  last: bigint;
  /** How Go prints it when it was merged with nothing. */
  text: string;
}

/** Expanding more than this many addresses would only fill the memory; OPA itself would run until it is cancelled. */
const MOST_ADDRESSES = 1n << 20n;

const V4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

export function parseAddress(text: string): { bits: 32 | 128; value: bigint } | undefined {
  const kind = text.includes('%') ? 0 : isIP(text);
  if (kind === 4 && V4.test(text))
    return { bits: 32, value: text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  return kind === 6 ? { bits: 128, value: parseV6(text) } : undefined;
}

function parseV6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = dotted?.[2] === undefined ? undefined : (parseAddress(dotted[2])?.value ?? 0n);
  const plain =
    v4 === undefined
      ? text
      : `${dotted?.[1] ?? ''}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  const [head = '', tail] = plain.split('::');
  const words = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [left, right] = [words(head), words(tail ?? '')];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...right].reduce(
    (sum, word) => sum * 65_536n + BigInt(`0x${word}`),
    0n,
  );
}

/** Text of an address as Go writes it: the longest run of two or more zero words shortened. @see RFC 5952 */
function formatAddress(bits: 32 | 128, value: bigint): string {
  const mapped = bits === 128 && value >> 32n === 0xffffn;
  if (bits === 32 || mapped)
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const words = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i)) & 0xffffn);
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i += 1) {
    let run = 0;
    while (words[i + run] === 0n) run += 1;
    if (run > length) [start, length] = [i, run];
  }
  const text = (part: bigint[]): string => part.map((word) => word.toString(16)).join(':');
  return start < 0 ? text(words) : `${text(words.slice(0, start))}::${text(words.slice(start + length))}`;
}

export function parseNetwork(text: string): Network {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,7})$/.exec(text) ?? fail('not a CIDR');
  const parsed = parseAddress(address) ?? fail('not an address');
  if (Number(prefix) > parsed.bits) fail('prefix too long');
  return network(parsed.bits, parsed.value, Number(prefix));
}

function network(bits: 32 | 128, value: bigint, prefix: number): Network {
  const host = (1n << BigInt(bits - prefix)) - 1n;
  const first = value & ~host;
  return { bits, first, last: first | host, text: `${formatAddress(bits, first)}/${prefix}` };
}

const expand: Builtin = ([cidr]) => {
  const { bits, first, last } = parseNetwork(string(cidr));
  if (last - first >= MOST_ADDRESSES)
    throw new ExhibitError('ENGINE_ERROR', `more than ${MOST_ADDRESSES} addresses in net.cidr_expand`);
  const count = Number(last - first) + 1;
  return new RegoSet(Array.from({ length: count }, (_, i) => formatAddress(bits, first + BigInt(i))));
};

/** A bare IPv4 address stands for its historical class, as Go's DefaultMask says; a bare IPv6 address is an error. */
function mergeable(text: string): Network {
  const address = parseAddress(text);
  if (address === undefined) return parseNetwork(text);
  if (address.bits === 128) return fail('an IPv6 address needs a prefix length');
  const top = address.value >> 24n;
  const prefix = top < 128n ? 8 : top < 192n ? 16 : top < 224n ? 24 : fail('no class');
  const classed = network(32, address.value, prefix);
  return { ...classed, text: `${formatAddress(32, address.value)}/${prefix}` };
}

const merge: Builtin = ([list]) => {
  const networks = members(list).map((item) => mergeable(string(item)));
  const texts = ([32, 128] as const).flatMap((bits) =>
    mergeFamily(networks.filter((each) => each.bits === bits)),
  );
  return new RegoSet(unique(texts));
};

function mergeFamily(networks: readonly Network[]): string[] {
  const merged: (Network & { parts: number })[] = [];
  for (const each of [...networks].sort((a, b) => order(a.first, b.first) || order(b.last, a.last))) {
    const before = merged.at(-1);
    if (before === undefined || each.first > before.last + 1n) merged.push({ ...each, parts: 1 });
    else {
      before.parts += 1;
      if (each.last > before.last) before.last = each.last;
    }
  }
  return merged.flatMap((range) => (range.parts === 1 ? [range.text] : blocks(range)));
}

/** The fewest networks that cover a range exactly. */
function blocks({ bits, first, last }: Network): string[] {
  const out: string[] = [];
  for (let at = first; at <= last; ) {
    let free = 0;
    while (
      free < bits &&
      (at & ((1n << BigInt(free + 1)) - 1n)) === 0n &&
      at + (1n << BigInt(free + 1)) - 1n <= last
    )
      free += 1;
    out.push(`${formatAddress(bits, at)}/${bits - free}`);
    at += 1n << BigInt(free);
  }
  return out;
}

const order = (a: bigint, b: bigint): number => (a < b ? -1 : Number(a > b));

const isValid: Builtin = ([cidr]) => {
  try {
    parseNetwork(string(cidr));
    return true;
  } catch {
    return false;
  }
};

export const net: Readonly<Record<string, Builtin>> = {
  'net.cidr_expand': expand,
  'net.cidr_merge': merge,
  'net.cidr_is_valid': isValid,
};
