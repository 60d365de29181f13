/** Why a value was replaced. */
export type RedactReason =
  | 'terraform-sensitive'
  | 'same-value'
  | 'kubernetes-secret'
  | 'credential-shape'
  | 'policy'
  /** Not a secret: a number that RFC 8785 has no form for. Its digits are kept as text; `restoreNumbers` undoes it. */
  | 'exact-number'
  /** Not a secret: a value that RFC 8785 has no form for (half a surrogate pair, undefined, too deep). */
  | 'not-canonical';

/** Places of a value that are to be replaced, as a tree of the same shape. */
export class Marks {
  reason: RedactReason | undefined;
  #children: Map<string, Marks> | undefined;

  at(name: string | number): Marks | undefined {
    return this.#children?.get(String(name));
  }

  /** Marks of a member or item, made where there are none. The first reason for a place stays. */
  down(name: string | number): Marks {
    this.#children ??= new Map();
    let child = this.#children.get(String(name));
    if (child === undefined) {
      child = new Marks();
      this.#children.set(String(name), child);
    }
    return child;
  }

  set(reason: RedactReason): void {
    this.reason ??= reason;
  }
}

export type JsonObject = Record<string, unknown>;

/** A JSON object, and neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member of an object; undefined for anything else. */
export function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
