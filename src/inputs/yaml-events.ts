import { CHOMPING_MODE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { ExhibitError, type Location, MAX_DEPTH } from '../record/index.ts';
import { LineIndex } from './lines.ts';
import { parseIndented } from './yaml-indent.ts';

export type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
export type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.POP | typeof EVENT_ID.DOCUMENT }>;

/** A YAML file as parser events. Values and positions both come from these, so they cannot disagree. */
export interface YamlEvents {
  file: string;
  /** What the events' offsets are into: the file's text, with some lines indented further (yaml-indent.ts). */
  text: string;
  events: readonly Event[];
  /** Line and column in the file of an offset into `text`. */
  place(offset: number): Location;
}

// Line ends for YAML 1.1 readers (kubectl's among them), ordinary characters for YAML 1.2: what follows one in a comment is
// invisible to one reader and a member to the other. YAML 1.1 section 4.2, YAML 1.2 section 5.4.
const OTHER_LINE_ENDS = /[\u0085\u2028\u2029]/;

/**
 * @param text attacker-controlled
 * @throws ExhibitError INPUT_SYNTAX, INPUT_TOO_LARGE
 */
export function yamlEvents(file: string, text: string): YamlEvents {
  let lines: LineIndex | undefined;
  const original = (offset: number): Location => {
    lines ??= new LineIndex(text);
    return { file, ...lines.at(offset) };
  };
  const lineEnd = OTHER_LINE_ENDS.exec(text);
  if (lineEnd !== null) {
    throw new ExhibitError(
      'INPUT_SYNTAX',
      'a character that YAML 1.1 takes for a line end and YAML 1.2 does not',
      {
        location: original(lineEnd.index),
        hint: 'U+0085, U+2028 and U+2029 split a line for some readers only. In a double-quoted string write \\N, \\L or \\P.',
      },
    );
  }
  try {
    const parsed = parseIndented(text);
    return {
      file,
      text: parsed.text,
      events: parsed.events,
      place: (offset) => original(parsed.original(offset)),
    };
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause;
    throw syntaxError(cause, text, original);
  }
}

function syntaxError(cause: YAMLException, text: string, place: YamlEvents['place']): ExhibitError {
  const location = place(cause.mark?.position ?? 0);
  if (cause.reason.includes('maxDepth')) {
    return new ExhibitError('INPUT_TOO_LARGE', `the file is nested deeper than ${MAX_DEPTH} levels`, {
      cause,
      location,
      hint: 'No configuration needs that. The limit is fixed.',
    });
  }
  return new ExhibitError('INPUT_SYNTAX', `the file is not well-formed YAML: ${cause.reason}`, {
    cause,
    location,
    hint: text.includes('{{')
      ? 'This looks like a template. Render it first, for example with `helm template`.'
      : 'Look at the indentation and the quotes at this place.',
  });
}

/** The text of a scalar after unquoting and folding. */
export function scalarText(yaml: YamlEvents, event: ScalarEvent): string {
  const value = getScalarValue(yaml.text, event);
  const block = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  if (!block || event.chomping === CHOMPING_MODE.STRIP || event.valueEnd < yaml.text.length) return value;
  // A block that ends with the file and without a line end has none to keep: so Go's reader, and so YAML 1.2 (8.1.1.2).
  return /[\r\n]$/.test(yaml.text) || !value.endsWith('\n') ? value : value.slice(0, -1);
}

export function isPlain(event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.PLAIN;
}

/** Name of the anchor of a node, or of the anchor that an alias names. */
export function anchorOf(yaml: YamlEvents, event: NodeEvent): string | undefined {
  return event.anchorStart < 0 ? undefined : yaml.text.slice(event.anchorStart, event.anchorEnd);
}

/**
 * Full name of a node's tag; undefined without one.
 * @param handles of the document's %TAG directives
 */
export function tagOf(
  yaml: YamlEvents,
  event: Exclude<NodeEvent, { type: typeof EVENT_ID.ALIAS }>,
  handles: ReadonlyMap<string, string>,
): string | undefined {
  if (event.tagStart < 0) return undefined;
  const raw = yaml.text.slice(event.tagStart, event.tagEnd);
  if (raw.startsWith('!<')) return raw.slice(2, -1);
  const end = raw.indexOf('!', 1);
  const handle = end < 0 ? '!' : raw.slice(0, end + 1);
  const prefix = handles.get(handle) ?? (handle === '!!' ? 'tag:yaml.org,2002:' : handle);
  return decodePercent(`${prefix}${raw.slice(handle.length)}`);
}

function decodePercent(tag: string): string {
  if (!tag.includes('%')) return tag;
  try {
    return decodeURIComponent(tag);
  } catch {
    return tag;
  }
}

/** Where a node starts: its own text, not its tag or anchor. */
export function offsetOf(event: NodeEvent): number {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      if (event.valueStart < 0) return Math.max(event.tagEnd, event.anchorEnd, 0);
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      return quoted ? event.valueStart - 1 : event.valueStart;
    }
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
  }
}
