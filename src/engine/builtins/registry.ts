import type { Clock } from '../../record/index.ts';
import type { Builtin, Builtins } from '../wasm/instance.ts';
import type { Term } from '../wasm/term.ts';
import { collections } from './collections.ts';
import { crypto } from './crypto.ts';
import { encoding } from './encoding.ts';
import { native } from './native.ts';
import { net } from './net.ts';
import { OperandError } from './operands.ts';
import { regex } from './regex.ts';
import { semantic } from './semver.ts';
import { strings } from './strings.ts';
import { createTime } from './time.ts';
import { units } from './units.ts';

/** One line a family. */
const FAMILIES: readonly Readonly<Record<string, Builtin>>[] = [
  strings,
  regex,
  encoding,
  crypto,
  semantic,
  units,
  collections,
  net,
  native,
];

/**
 * The built-in functions that the host supplies.
 * @param now the effective time; read once an evaluation by `time.now_ns`
 */
export function createBuiltins(now: Clock): Builtins {
  const all = [...FAMILIES, createTime(now)].flatMap((family) => Object.entries(family));
  return new Map(all.map(([name, builtin]) => [name, undefinedOnError(builtin)]));
}

/** OPA without strict errors: a call with a wrong operand has no value, and the rule's body fails. */
function undefinedOnError(builtin: Builtin): Builtin {
  return (args: readonly Term[]) => {
    try {
      return builtin(args);
    } catch (error) {
      if (error instanceof OperandError) return undefined;
      throw error;
    }
  };
}
