import type { Disposition, ExhibitError, Layer, Severity, Verdict } from '../record/index.ts';

/** What a format says of what passed: all of it, only failures, or whichever its writer was asked for. */
export type Population = 'all' | 'failures' | 'varies';

/** A reader of one foreign format: a file in formats/ and a line in registry.ts. */
export interface Source {
  /** On the command line, and the `format` of its records: `checkov-json`. */
  readonly id: string;
  /** For people: `Checkov, -o json`. */
  readonly title: string;
  /** The tool, and with it the prefix of policy ids as the control map has them: `checkov` gives `checkov/CKV_AWS_20`. */
  readonly tool: string;
  /** The layer at which this tool decides, unless the caller says otherwise. */
  readonly layer: Layer;
  readonly population: Population;
  /** Where the format is defined: a page, or a file of the project that writes it. */
  readonly reference: string;
  /**
   * Why this sample is of this format, in a few words that stand after "because": `it has check_type and results.failed_checks`.
   * Undefined where it is not. Must not throw, whatever the sample holds.
   */
  detect(sample: Sample): string | undefined;
  /**
   * What a report says, in its order. What cannot be understood is a problem of its place, and what stands beside it is read all the
   * same. An exception is a defect; it becomes a problem of the whole report.
   */
  read(report: Report): AsyncIterable<Item> | Iterable<Item>;
}

export type Shape = 'json' | 'json-array' | 'json-lines' | 'yaml' | 'xml' | 'text';

/** The beginning of a report, for detection. All of it is attacker-controlled. */
export interface Sample {
  name: string;
  shape: Shape;
  /** The value of a JSON or YAML file; of an array, of lines and of YAML documents the first one. Undefined where there is none. */
  first: unknown;
  /** Up to 64 KiB of text. */
  head: string;
  /** Why `first` cannot be read, where it cannot: cut off, not well-formed, too large. */
  fault?: ExhibitError;
}

/** A report that is open. Everything in it is attacker-controlled. Each reading method may be called once. */
export interface Report {
  /** As the user named it, with `/`. */
  readonly name: string;
  readonly shape: Shape;
  /**
   * JSON values one after the other, in constant memory: the items of an array, each line of JSON lines, else the one value. YAML
   * documents likewise. A value that is broken comes with its error, and the next ones follow.
   */
  values(): AsyncIterable<Located>;
  /** The whole as one JSON value. @throws ExhibitError INPUT_SYNTAX, INPUT_TOO_LARGE, INPUT_ENCODING */
  json(): Promise<unknown>;
  /** The whole text. @throws ExhibitError INPUT_TOO_LARGE, INPUT_ENCODING */
  text(): Promise<string>;
  /** Lines without their end, in constant memory. @throws ExhibitError INPUT_ENCODING, INPUT_TOO_LARGE for one longer than 16 MiB */
  lines(): AsyncIterable<{ text: string; line: number }>;
  /** The text of a file of this name in the report's folder, for tools that write two; undefined where there is none. */
  beside?(name: string): Promise<string | undefined>;
}

/** A value and where it begins. */
export type Located =
  | { value: unknown; line: number; index: number; error?: undefined }
  | { value?: undefined; line: number; index: number; error: ExhibitError };

export type Item = Outcome | RunFacts | Problem;

/** One thing that the tool judged by one check. */
export interface Outcome {
  type: 'outcome';
  /** The tool's own id of the check. */
  check: string;
  /** Overrides `Source.tool` as the prefix of the policy id, for formats that many tools write. */
  tool?: string;
  /** Overrides `Source.layer`. */
  layer?: Layer;
  /** A rule within the check. */
  rule?: string;
  subject: { type: string; id: string; name?: string };
  verdict: Verdict;
  /** Undefined where the tool gives none; the record then says `medium`, and that it was not stated. */
  severity?: Severity | undefined;
  /** Why, or the title of the check. */
  message?: string | undefined;
  /** How to mend it. */
  fix?: string | undefined;
  /** In a repository: relative, with `/`. See `placeOf`. */
  file?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
  environment?: string | undefined;
  /** Any RFC 3339 text, epoch seconds or milliseconds by `instantOf`; where it is not given, the run's end or the time of reading. */
  observed_at?: string | undefined;
  /** The tool's own id of this result, with its time where a later state has the same id: who counts results of overlapping reports counts these. */
  source_id?: string | undefined;
  /** Somebody told the tool to be silent about it. */
  suppressed?: Suppression | undefined;
  /** What was done, where the tool is an enforcement point that says it (denied: `enforced`; audited: `observed`). */
  disposition?: Exclude<Disposition, 'waived'> | undefined;
  /** Who asked (a user name): becomes a salted reference. */
  actor?: string | undefined;
  /** What else matters to a reader, small. */
  details?: Record<string, unknown> | undefined;
}

/** An exception that a tool itself knows. It is no pass; and without a sunset no override. */
export interface Suppression {
  /** How: `inline comment`, `baseline`, `ignore file`, `workflow status SUPPRESSED`. */
  kind: string;
  reason?: string | undefined;
  by?: string | undefined;
  /** RFC 3339, where the tool gives an end. */
  until?: string | undefined;
  ticket?: string | undefined;
}

/** What the report says of itself. May be yielded several times; later fields win. */
export interface RunFacts {
  type: 'run';
  tool?: string | undefined;
  tool_version?: string | undefined;
  /** RFC 3339. */
  started?: string | undefined;
  ended?: string | undefined;
  /** Whether passes are in this report. */
  population?: Exclude<Population, 'varies'> | undefined;
  /** How many things were looked at, by the report's own word (files, resources). 0 means that nothing was judged. */
  scanned?: number | undefined;
  /** Counts by the report's own word; where they differ from what was read, that is a problem. */
  stated?: { pass?: number; fail?: number; suppressed?: number } | undefined;
  /** Where the tool says that it ended badly. */
  failed?: string | undefined;
  /** Anything a reader should know, such as what the format leaves out. */
  note?: string | undefined;
}

/** Something in the report that could not be understood, or that the tool could not do. Becomes a record with verdict error. */
export interface Problem {
  type: 'problem';
  message: string;
  hint?: string | undefined;
  line?: number | undefined;
  /** The file that the tool could not read, or the check that crashed. */
  file?: string | undefined;
  check?: string | undefined;
}
