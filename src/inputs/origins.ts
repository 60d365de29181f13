import type { Location } from '../record/index.ts';
import { setMember } from './places.ts';
import { isObject } from './source.ts';
import type { JsonPath } from './types.ts';

/** A place in a text as it was read: a path, and who finds paths there. */
export interface Origin {
  locate(path: JsonPath): Location;
  path: JsonPath;
}

/**
 * Where members of a value come from that was put together: by what a template shares, by files that are included. A member
 * without an origin stands where its parent stands. Objects that were read are never changed: what is put together is new.
 */
export class Origins {
  readonly #all = new WeakMap<object, Map<string, Origin>>();

  set(node: object, key: string | number, origin: Origin): void {
    const known = this.#all.get(node);
    if (known === undefined) this.#all.set(node, new Map([[String(key), origin]]));
    else known.set(String(key), origin);
  }

  /** Finds paths of a value that was put together. */
  locator(value: unknown, own: Origin['locate']): Origin['locate'] {
    return (path) => {
      const { locate, path: there } = this.of(value, path, { locate: own, path: [] });
      return locate(there);
    };
  }

  /** Where a path of a value stands; `start` is where the value itself stands. */
  of(value: unknown, path: JsonPath, start: Origin): Origin {
    let { locate, path: there } = start;
    let node = value;
    for (const step of path) {
      const origin =
        typeof node === 'object' && node !== null ? this.#all.get(node)?.get(String(step)) : undefined;
      if (origin === undefined) there = [...there, step];
      else ({ locate, path: there } = origin);
      if (Array.isArray(node)) node = node[Number(step)];
      else node = isObject(node) && Object.hasOwn(node, String(step)) ? node[String(step)] : undefined;
    }
    return { locate, path: there };
  }

  /** An object with the members of others, of which later ones win; each member keeps the place where it stands. */
  joined(parts: readonly { value: Record<string, unknown>; at: Origin }[]): Record<string, unknown> {
    const joined: Record<string, unknown> = {};
    for (const { value, at } of parts)
      for (const key of Object.keys(value)) {
        setMember(joined, key, value[key]);
        this.set(joined, key, this.of(value, [key], at));
      }
    return joined;
  }
}
