import { type ExhibitError, isObject, type Location } from '../record/index.ts';
import { parseJson } from './json.ts';
import { LineIndex } from './lines.ts';
import type { InputKind, InputLimits, JsonPath, SourceReader } from './types.ts';
import { composeYaml, type YamlDocument } from './yaml.ts';
import { type YamlEvents, yamlEvents } from './yaml-events.ts';

export { isObject };

/** A file's text with what the formats ask of it, each worked out once. */
export interface Source {
  /** As the user named it. Attacker-controlled. */
  file: string;
  /** Lower case, with the dot; empty where the name has none. */
  extension: string;
  text: string;
  limits: InputLimits;
  /** Files beside this one, for positions in the source of a generated file. */
  beside: SourceReader | undefined;
  /** The text as JSON. @throws ExhibitError INPUT_SYNTAX, INPUT_TOO_LARGE, INPUT_ENCODING */
  json(): unknown;
  /** The text as YAML. @throws ExhibitError INPUT_SYNTAX, INPUT_TOO_LARGE */
  yaml(): { events: YamlEvents; documents: YamlDocument[] };
  place(offset: number): Location;
}

/** One document that a format found in a file. */
export interface Part {
  kind: InputKind;
  value: unknown;
  locate(path: JsonPath): Location;
  /** What the format looked for beside the file and did not find: the file is never judged completely. */
  missing?: readonly ExhibitError[];
}

/** What docs/reference/inputs.md says of a format. */
export interface FormatReference {
  /** How a file is known to be of it. */
  known: string;
  /** What rules see under `input`. */
  sees: string;
  /** Which place a violation gets. */
  positions: string;
}

/** A format is a file in formats/ and a line in formats.ts. */
export interface Format {
  name: string;
  /** Names of files that are picked up below a folder because of this format, beside .json, .yaml and .yml. */
  names?(file: string): boolean;
  reference: FormatReference;
  /**
   * True when the file is of this format. Must not throw for a text that is merely broken, unless no other format could
   * take it.
   */
  detect(source: Source): boolean;
  /** @throws ExhibitError INPUT_SYNTAX, INPUT_FORMAT, INPUT_TOO_LARGE, INPUT_ENCODING, INPUT_EMPTY */
  parse(source: Source): Part[];
  /** What the file leaves out of itself: what is there is judged all the same, and the file is never judged completely. */
  incomplete?(part: Part): ExhibitError[];
}

export function makeSource(
  file: string,
  text: string,
  limits: InputLimits,
  beside: SourceReader | undefined,
): Source {
  const yaml = () => {
    const events = yamlEvents(file, text);
    return { events, documents: composeYaml(events, limits.yamlNodes) };
  };
  const lines = once(() => new LineIndex(text));
  return {
    file,
    extension: /\.[^./\\]+$/.exec(file)?.[0].toLowerCase() ?? '',
    text,
    limits,
    beside,
    json: once(() => parseJson(file, text)),
    yaml: once(yaml),
    place: (offset) => ({ file, ...lines().at(offset) }),
  };
}

/** Works a value out at the first question; an error is thrown again at the next one. */
function once<T>(work: () => T): () => T {
  let done: { value: T } | { error: unknown } | undefined;
  return () => {
    if (done === undefined) {
      try {
        done = { value: work() };
      } catch (error) {
        done = { error };
      }
    }
    if ('error' in done) throw done.error;
    return done.value;
  };
}

/** A member of a JSON object; undefined for anything else, and never from a prototype. */
export function memberOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** True when a text can only be meant as JSON. */
export function looksLikeJson(source: Source): boolean {
  if (source.extension === '.json') return true;
  return !isYamlName(source) && /^\s*[[{]/.test(source.text);
}

export function isYamlName(source: Source): boolean {
  return source.extension === '.yaml' || source.extension === '.yml';
}
