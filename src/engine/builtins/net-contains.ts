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

/** First and last address of a network, in the family in which Go compares the first. */
function edges(cidr: string): { bits: 32 | 128; first: bigint; last: bigint } {
  const { bits, first, last } = parseNetwork(cidr);
  const begin = plain({ bits, value: first });
  return {
    bits: begin.bits,
    first: begin.value,
    last: begin.bits === bits ? last : plain({ bits, value: last }).value,
  };
}

const holds = (network: ReturnType<typeof edges>, { bits, value }: Address): boolean =>
  bits === network.bits && network.first <= value && value <= network.last;

const contains: Builtin = ([outer, inner]) => {
  const network = edges(string(outer));
  const address = parseAddress(string(inner));
  if (address !== undefined) return holds(network, plain(address));
  const { bits, first, last } = edges(string(inner));
  return holds(network, { bits, value: first }) && holds(network, { bits, value: last });
};

const intersects: Builtin = ([one, other]) => {
  const [a, b] = [edges(string(one)), edges(string(other))];
  return holds(a, { bits: b.bits, value: b.first }) || holds(b, { bits: a.bits, value: a.first });
};

export const netContains: Readonly<Record<string, Builtin>> = {
  'net.cidr_contains': contains,
  'net.cidr_intersects': intersects,
};
