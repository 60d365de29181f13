import { Scanner } from './scanner.ts';
import { type Places, Values } from './values.ts';

/** A file of HCL in its JSON form, and where its parts stand. */
export interface HclFile {
  value: Record<string, unknown>;
  places: Places;
}

type Body = Record<string, unknown>;

/** Blocks nested deeper are refused: no provider has such a schema. */
const DEEPEST = 40;

/**
 * Reads a file of HCL strictly: a block becomes a list under its type and labels, an attribute its value. What is not
 * understood is an error, because what Terraform would read there must not be passed over.
 * @param text attacker-controlled
 * @throws HclError
 * @see HCL Native Syntax Specification, "Structural Elements"; the JSON form is that of hcl2json and Conftest
 */
export function readHcl(text: string): HclFile {
  const places: Places = new WeakMap();
  const reader = new Reader(new Scanner(text), places);
  return { value: reader.file(), places };
}

class Reader {
  readonly #scan: Scanner;
  readonly #places: Places;
  readonly #values: Values;

  constructor(scan: Scanner, places: Places) {
    this.#scan = scan;
    this.#places = places;
    this.#values = new Values(scan, places);
  }

  file(): Body {
    const body = this.#body(0);
    if (this.#scan.at < this.#scan.text.length) this.#scan.fail('a bracket is closed that was not opened');
    return body;
  }

  #body(depth: number): Body {
    const scan: Scanner = this.#scan;
    if (depth > DEEPEST) scan.fail('blocks are nested too deep');
    const body: Body = {};
    const places = new Map<string | number, number>();
    this.#places.set(body, places);
    const attributes = new Set<string>();
    for (;;) {
      scan.blanks(true);
      if (scan.at >= scan.text.length || scan.character === '}') return body;
      const offset = scan.at;
      const name = scan.name() ?? scan.fail('the name of an attribute or a block is missing');
      scan.blanks(false);
      if (scan.character === '=' && scan.text[scan.at + 1] !== '=') {
        scan.at += 1;
        if (Object.hasOwn(body, name)) scan.fail(`${name} is there twice`, offset);
        attributes.add(name);
        places.set(name, offset);
        set(
          body,
          name,
          this.#values.expression((one) => one === '\n' || one === '}' || one === '\r', false),
        );
      } else {
        if (attributes.has(name)) scan.fail(`${name} is there twice`, offset);
        this.#block(body, name, offset, depth);
      }
      scan.blanks(false);
      if (scan.at < scan.text.length && !'\n\r}'.includes(scan.character))
        scan.fail('the line goes on after its end');
    }
  }

  #block(body: Body, name: string, offset: number, depth: number): void {
    const scan: Scanner = this.#scan;
    const path = [name];
    for (;;) {
      scan.blanks(false);
      if (scan.character === '{') break;
      const label = scan.character === '"' ? this.#label() : scan.name();
      if (label === undefined) scan.fail('a block has no {');
      path.push(label);
    }
    scan.at += 1;
    const inner = this.#body(depth + 1);
    if (scan.text[scan.at] !== '}') scan.fail('} is missing', offset);
    scan.at += 1;
    this.#add(body, path, inner, offset);
  }

  #label(): string {
    const start = this.#scan.at;
    this.#scan.skipString();
    const text = this.#scan.text.slice(start + 1, this.#scan.at - 1);
    if (/[\\]|[$%]\{/.test(text)) this.#scan.fail('a label is no plain text', start);
    return text;
  }

  /** Puts a block under its type and labels, after others of the same. */
  #add(body: Body, path: readonly string[], inner: Body, offset: number): void {
    let holder = body;
    for (const step of path.slice(0, -1)) {
      const next = Object.hasOwn(holder, step) ? holder[step] : undefined;
      // `resource "a"` beside `resource "a" "b"`: no schema has both.
      if (Array.isArray(next)) this.#scan.fail(`${path[0]} has other labels elsewhere`, offset);
      const child = (next ?? {}) as Body;
      if (next === undefined) this.#place(holder, step, child, offset);
      holder = child;
    }
    const last = path.at(-1) ?? '';
    const list = Object.hasOwn(holder, last) ? holder[last] : [];
    if (!Array.isArray(list)) this.#scan.fail(`${path[0]} has other labels elsewhere`, offset);
    if (!Object.hasOwn(holder, last)) this.#place(holder, last, list, offset);
    this.#places.get(list)?.set(list.length, offset);
    list.push(inner);
  }

  #place(holder: Body, key: string, child: object, offset: number): void {
    set(holder, key, child);
    this.#places.get(holder)?.set(key, offset);
    this.#places.set(child, new Map());
  }
}

/** As data, also where the name is `__proto__`. */
function set(holder: Body, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
