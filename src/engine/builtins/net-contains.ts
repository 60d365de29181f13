import type { Builtin } from '../wasm/instance.ts';
import { parseAddress, parseNetwork } from './net.ts';
import { string } from './operands.ts';

interface Address {
  bits: 32 | 128;
  value: bigint;
}

/** Go's To4: an IPv4 address in IPv6 is that IPv4 address. */
const plain = ({ bits, value }: Address): Address =>
  bits === 128 && value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits, value };

/** First and last address of a network, in the family in which Go compares them. */
function edges(cidr: string): { first: Address; last: Address } {
  const { bits, first, last } = parseNetwork(cidr);
  return { first: plain({ bits, value: first }), last: plain({ bits, value: last }) };
}

const holds = ({ first, last }: ReturnType<typeof edges>, { bits, value }: Address): boolean =>
  bits === first.bits && first.value <= value && value <= last.value;

const contains: Builtin = ([outer, inner]) => {
  const network = edges(string(outer));
  const address = parseAddress(string(inner));
  if (address !== undefined) return holds(network, plain(address));
  const { first, last } = edges(string(inner));
  return holds(network, first) && holds(network, last);
};

const intersects: Builtin = ([one, other]) => {
  const [a, b] = [edges(string(one)), edges(string(other))];
  return holds(a, b.first) || holds(b, a.first);
};

export const netContains: Readonly<Record<string, Builtin>> = {
  'net.cidr_contains': contains,
  'net.cidr_intersects': intersects,
};
