import { EVENT_ID } from 'js-yaml';
import { ExhibitError, isExactNumber, MAX_DEPTH } from '../record/index.ts';
import {
  anchorOf,
  isPlain,
  type NodeEvent,
  offsetOf,
  type ScalarEvent,
  scalarText,
  tagOf,
  type YamlEvents,
} from './yaml-events.ts';
import { resolveKey, resolveScalar, ScalarError } from './yaml-scalars.ts';

export interface YamlDocument {
  value: unknown;
  /** Index of the document's first event. */
  start: number;
}

/** What a node costs when aliases are written out: values (a long string counts more) and levels. */
interface Size {
  nodes: number;
  height: number;
}

interface Anchor extends Size {
  value: unknown;
  /** The scalar that it names, for an alias that is a key. */
  scalar: ScalarEvent | undefined;
}

const MERGE_TAG = 'tag:yaml.org,2002:merge';
const STRING_UNIT = 64;

/**
 * The values of a YAML file as kubectl and OPA's tools see them (go.yaml.in/yaml/v2, decode.go): a merge key is taken where it
 * stands, so a later one overrides. Other than there, a duplicate key is an error and so is an alias within its own anchor.
 * Empty documents are left out.
 * @param limit largest number of values that aliases may add
 * @param tagged what a node with a tag of the file's own (`!Ref`) stands for; without it such tags say nothing
 * @throws ExhibitError INPUT_SYNTAX, INPUT_TOO_LARGE
 */
export function composeYaml(yaml: YamlEvents, limit: number, tagged?: Tagged): YamlDocument[] {
  return new Composer(yaml, limit, tagged).documents();
}

/** @param tag with its exclamation mark */
export type Tagged = (tag: string, value: unknown) => unknown;

class Composer {
  readonly #yaml: YamlEvents;
  readonly #limit: number;
  readonly #tagged: Tagged | undefined;
  #next = 0;
  /** Values that aliases have added so far. */
  #added = 0;
  /** Of the node read last. */
  #size: Size = { nodes: 1, height: 0 };
  #anchors = new Map<string, Anchor | 'open'>();
  #handles = new Map<string, string>();

  constructor(yaml: YamlEvents, limit: number, tagged: Tagged | undefined) {
    this.#yaml = yaml;
    this.#limit = limit;
    this.#tagged = tagged;
  }

  documents(): YamlDocument[] {
    const found: YamlDocument[] = [];
    for (
      let event = this.#yaml.events[this.#next];
      event !== undefined;
      event = this.#yaml.events[this.#next]
    ) {
      this.#next += 1;
      if (event.type !== EVENT_ID.DOCUMENT) continue;
      this.#anchors = new Map();
      this.#handles = new Map(
        event.directives.flatMap((d) => (d.kind === 'tag' ? [[d.handle, d.prefix]] : [])),
      );
      const start = this.#next;
      const value = this.#node();
      if (value !== null) found.push({ value, start });
    }
    return found;
  }

  #node(): unknown {
    const event = this.#yaml.events[this.#next];
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return null;
    this.#next += 1;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event).value;
    const name = this.#anchorName(event);
    if (name !== undefined) this.#anchors.set(name, 'open');
    const value = this.#meaning(event, this.#content(event));
    if (name !== undefined) {
      const scalar = event.type === EVENT_ID.SCALAR ? event : undefined;
      this.#anchors.set(name, { value, scalar, ...this.#size });
    }
    return value;
  }

  #content(event: Exclude<NodeEvent, { type: typeof EVENT_ID.ALIAS }>): unknown {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.SEQUENCE:
        return this.#sequence();
      case EVENT_ID.MAPPING:
        return this.#mapping();
    }
  }

  #meaning(event: Exclude<NodeEvent, { type: typeof EVENT_ID.ALIAS }>, value: unknown): unknown {
    if (this.#tagged === undefined) return value;
    const tag = tagOf(this.#yaml, event, this.#handles);
    if (tag === undefined || !/^!./.test(tag)) return value;
    this.#size = { nodes: this.#size.nodes + 1, height: this.#size.height + 1 };
    return this.#tagged(tag, value);
  }

  #scalar(event: ScalarEvent): unknown {
    const text = scalarText(this.#yaml, event);
    this.#size = { nodes: 1 + Math.floor(text.length / STRING_UNIT), height: 0 };
    return this.#resolve(event, () =>
      resolveScalar(text, isPlain(event), tagOf(this.#yaml, event, this.#handles)),
    );
  }

  #sequence(): unknown[] {
    const items: unknown[] = [];
    const size = { nodes: 1, height: 0 };
    while (!this.#pop()) {
      items.push(this.#node());
      this.#grow(size);
    }
    this.#size = size;
    return items;
  }

  #mapping(): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    const own = new Set<string>();
    const size = { nodes: 1, height: 0 };
    while (!this.#pop()) {
      const event = this.#yaml.events[this.#next] as NodeEvent;
      if (this.#isMerge(event)) {
        this.#next += 1;
        this.#merge(members, event);
      } else {
        const key = this.#key(event);
        if (own.has(key)) throw this.#duplicate(key, event);
        own.add(key);
        setMember(members, key, this.#node());
      }
      this.#grow(size);
    }
    this.#size = size;
    return members;
  }

  #key(event: NodeEvent): string {
    this.#next += 1;
    const scalar = event.type === EVENT_ID.ALIAS ? this.#alias(event).scalar : event;
    if (scalar?.type !== EVENT_ID.SCALAR) {
      throw this.#syntax(event, 'a key is a list or a mapping, which has no JSON form');
    }
    const name = event.type === EVENT_ID.ALIAS ? undefined : this.#anchorName(event);
    const text = scalarText(this.#yaml, scalar);
    const tag = tagOf(this.#yaml, scalar, this.#handles);
    if (name !== undefined) {
      const value = this.#resolve(scalar, () => resolveScalar(text, isPlain(scalar), tag));
      this.#anchors.set(name, { value, scalar, nodes: 1 + Math.floor(text.length / STRING_UNIT), height: 0 });
    }
    return this.#resolve(scalar, () => resolveKey(text, isPlain(scalar), tag));
  }

  #isMerge(event: NodeEvent): boolean {
    if (event.type !== EVENT_ID.SCALAR || scalarText(this.#yaml, event) !== '<<') return false;
    const tag = tagOf(this.#yaml, event, this.#handles);
    return tag === undefined ? isPlain(event) : tag === MERGE_TAG;
  }

  #merge(members: Record<string, unknown>, at: NodeEvent): void {
    const source = this.#node();
    const sources = Array.isArray(source) ? source.toReversed() : [source];
    for (const one of sources) {
      if (typeof one !== 'object' || one === null || Array.isArray(one) || isExactNumber(one)) {
        throw this.#syntax(at, 'a merge key takes a mapping or a list of mappings');
      }
      for (const [key, value] of Object.entries(one)) setMember(members, key, value);
    }
  }

  #alias(event: Extract<NodeEvent, { type: typeof EVENT_ID.ALIAS }>): Anchor {
    const name = this.#anchorName(event) ?? '';
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) throw this.#syntax(event, `the alias ${JSON.stringify(name)} names no anchor`);
    if (anchor === 'open') throw this.#syntax(event, `the anchor ${JSON.stringify(name)} contains itself`);
    this.#added += anchor.nodes;
    if (this.#added > this.#limit) {
      throw new ExhibitError('INPUT_TOO_LARGE', `the aliases expand to more than ${this.#limit} values`, {
        location: this.#yaml.place(offsetOf(event)),
        hint: 'Write the file without nested aliases. The limit is there against files that grow without end.',
      });
    }
    this.#size = { nodes: anchor.nodes, height: anchor.height };
    return anchor;
  }

  /** In `&a:b c` Go's reader ends the anchor before the colon, a YAML 1.2 reader after `b`: such names are refused. */
  #anchorName(event: NodeEvent): string | undefined {
    const name = anchorOf(this.#yaml, event);
    if (name === undefined || /^[A-Za-z0-9_-]+$/.test(name)) return name;
    throw this.#syntax(
      event,
      `the anchor name ${JSON.stringify(name)} has other characters than letters, digits, _ and -`,
    );
  }

  /** Adds the node read last to its parent. */
  #grow(parent: Size): void {
    parent.nodes += this.#size.nodes;
    parent.height = Math.max(parent.height, this.#size.height + 1);
    if (parent.height > MAX_DEPTH) {
      throw new ExhibitError('INPUT_TOO_LARGE', `the aliases nest deeper than ${MAX_DEPTH} levels`, {
        location: { file: this.#yaml.file },
        hint: 'No configuration needs that. The limit is fixed.',
      });
    }
  }

  #pop(): boolean {
    const event = this.#yaml.events[this.#next];
    if (event !== undefined && event.type !== EVENT_ID.POP) return false;
    this.#next += 1;
    return true;
  }

  #resolve<T>(event: NodeEvent, read: () => T): T {
    try {
      return read();
    } catch (cause) {
      if (cause instanceof ScalarError) throw this.#syntax(event, cause.message);
      throw cause;
    }
  }

  #duplicate(key: string, event: NodeEvent): ExhibitError {
    return new ExhibitError('INPUT_SYNTAX', `the key ${JSON.stringify(key)} is there twice in one mapping`, {
      location: this.#yaml.place(offsetOf(event)),
      hint: 'Two readers would see two values. Keep one of them. (Unquoted yes, on and y are all the key "true".)',
    });
  }

  #syntax(event: NodeEvent, message: string): ExhibitError {
    return new ExhibitError('INPUT_SYNTAX', message, {
      location: this.#yaml.place(offsetOf(event)),
      hint: 'Quote it if it is meant as text.',
    });
  }
}

/** Sets a member as data, also where its name is `__proto__`. */
function setMember(members: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    members[key] = value;
  }
}
