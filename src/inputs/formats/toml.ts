import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { ExhibitError, exactNumber, MAX_DEPTH } from '../../record/index.ts';
import { Places, setMember } from '../places.ts';
import { type Format, isObject, type Source } from '../source.ts';

/** Any TOML file, in the form that Conftest gives it. */
export const toml: Format = {
  name: 'toml',
  names: (file) => /[^/]\.toml$/i.test(file),
  reference: {
    known: 'by its name: `.toml`',
    sees: 'the document, TOML 1.1. Dates and times are texts of RFC 3339; one without an offset is written as UTC. `inf` and `nan` have no form in JSON and are refused',
    positions: 'the key or item',
  },
  detect: (source) => source.extension === '.toml',
  parse(source) {
    const places = new Places();
    const value = new Reader(source, places).read();
    if (Object.keys(value).length === 0) return [];
    return [{ kind: 'toml', value, locate: (path) => source.place(places.offsetOf(value, path)) }];
  },
};

type Members = Record<string, unknown>;

class Reader {
  readonly #source: Source;
  readonly #places: Places;

  constructor(source: Source, places: Places) {
    this.#source = source;
    this.#places = places;
  }

  read(): Members {
    const root: Members = {};
    for (const node of parsed(this.#source).body[0].body) {
      if (node.type === 'TOMLKeyValue') this.#pair(root, node, 0);
      else {
        const table = this.#table(root, node);
        for (const pair of node.body) this.#pair(table, pair, node.resolvedKey.length);
      }
    }
    return root;
  }

  /** The table that a header names; an index stands for an item of a list of tables. */
  #table(root: Members, node: AST.TOMLTable): Members {
    let at: Members | unknown[] = root;
    const keys = node.resolvedKey;
    this.#depth(keys.length, node);
    keys.forEach((key, i) => {
      const fresh: unknown = typeof keys[i + 1] === 'number' ? [] : {};
      const known = Array.isArray(at) ? at[Number(key)] : Object.hasOwn(at, key) ? at[key] : undefined;
      const next = known ?? fresh;
      if (known === undefined) this.#put(at, key, next, node.range[0]);
      at = next as Members | unknown[];
    });
    return at as Members;
  }

  #pair(into: Members, { key, value }: AST.TOMLKeyValue, depth: number): void {
    let at = into;
    this.#depth(depth + key.keys.length, key);
    key.keys.forEach((part, i) => {
      const name = part.type === 'TOMLBare' ? part.name : part.value;
      if (i === key.keys.length - 1) this.#put(at, name, this.#value(value, depth + i + 1), part.range[0]);
      else {
        const known = Object.hasOwn(at, name) ? at[name] : undefined;
        const next = isObject(known) ? known : {};
        if (known === undefined) this.#put(at, name, next, part.range[0]);
        at = next;
      }
    });
  }

  #put(into: Members | unknown[], key: string | number, value: unknown, offset: number): void {
    if (Array.isArray(into)) into[Number(key)] = value;
    else setMember(into, String(key), value);
    this.#places.set(into, key, offset);
  }

  #value(node: AST.TOMLContentNode, depth: number): unknown {
    this.#depth(depth, node);
    if (node.type === 'TOMLArray') {
      const items: unknown[] = [];
      node.elements.forEach((item, i) => {
        this.#put(items, i, this.#value(item, depth + 1), item.range[0]);
      });
      return items;
    }
    if (node.type === 'TOMLInlineTable') {
      const members: Members = {};
      for (const pair of node.body) this.#pair(members, pair, depth);
      return members;
    }
    switch (node.kind) {
      case 'integer':
        return Number.isSafeInteger(node.value) ? node.value : exactNumber(String(node.bigint));
      case 'float':
        if (Number.isFinite(node.value)) return node.value;
        throw this.#error('INPUT_FORMAT', 'a number that is infinite or none has no form in JSON', node);
      case 'string':
      case 'boolean':
        return node.value;
      default:
        return instant(this.#source.text.slice(...node.range), node.kind);
    }
  }

  #depth(depth: number, node: AST.TOMLNode): void {
    if (depth > MAX_DEPTH)
      throw this.#error('INPUT_TOO_LARGE', `the file is nested deeper than ${MAX_DEPTH} levels`, node);
  }

  #error(code: 'INPUT_FORMAT' | 'INPUT_TOO_LARGE', message: string, node: AST.TOMLNode): ExhibitError {
    return new ExhibitError(code, message, {
      location: this.#source.place(node.range[0]),
      hint: 'Conftest and OPA read no such value either.',
    });
  }
}

/** RFC 3339, as Go writes a time: no zeros at the end of a fraction, and a date or time alone filled up. */
function instant(text: string, kind: string): string {
  const [, date = '0000-01-01', time = '00:00:00', fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)?[Tt ]?(\d\d:\d\d(?::\d\d)?)?(\.\d+)?([Zz]|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const short = fraction.slice(0, 10).replace(/\.?0+$/, '');
  const full = time.length === 5 ? `${time}:00` : time;
  const offset = kind === 'offset-date-time' && !/^(?:[Zz]|[+-]00:00)$/.test(zone) ? zone : 'Z';
  return `${date}T${full}${short}${offset}`;
}

function parsed(source: Source): AST.TOMLProgram {
  try {
    return parseTOML(source.text, { tomlVersion: 'latest' });
  } catch (cause) {
    if (cause instanceof ParseError)
      throw new ExhibitError('INPUT_SYNTAX', `the file is not well-formed TOML: ${cause.message}`, {
        cause,
        location: source.place(cause.index),
        hint: 'Look at the quotes and brackets at this place.',
      });
    // The parser calls itself for each level.
    if (cause instanceof RangeError)
      throw new ExhibitError('INPUT_TOO_LARGE', 'the file is nested too deep', {
        cause,
        location: { file: source.file },
        hint: 'No configuration needs that. The limit is fixed.',
      });
    throw cause;
  }
}
