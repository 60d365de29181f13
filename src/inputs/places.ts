import { isObject } from './source.ts';
import type { JsonPath } from './types.ts';

/** Offsets of the members and items of each object and list of a value. */
export class Places {
  readonly #all = new Map<object, Map<string | number, number>>();

  set(node: object, key: string | number, offset: number): void {
    const known = this.#all.get(node);
    if (known === undefined) this.#all.set(node, new Map([[key, offset]]));
    else known.set(key, offset);
  }

  /** Offset of what a path names in `value`, or of the nearest around it that has one. */
  offsetOf(value: unknown, path: JsonPath): number {
    let node = value;
    let offset = 0;
    for (const step of path) {
      if (typeof node !== 'object' || node === null) return offset;
      const key = Array.isArray(node) ? Number(step) : String(step);
      const at = this.#all.get(node)?.get(key);
      if (at === undefined) return offset;
      offset = at;
      node = Array.isArray(node) ? node[Number(step)] : isObject(node) ? node[String(step)] : undefined;
    }
    return offset;
  }
}

/** Sets a member as data, also where its name is `__proto__`. */
export function setMember(members: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
  else members[key] = value;
}
