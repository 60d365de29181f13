import type { Digest, ExhibitError, Location } from '../record/index.ts';

/** What an input is, found from its content. Policies name the kinds that they judge. */
export type InputKind =
  | 'terraform-plan'
  | 'hcl'
  | 'cloudformation'
  | 'arm'
  | 'kubernetes'
  | 'aws-config'
  | 'azure-resources'
  | 'gcp-assets'
  | 'cedar-request'
  | 'dockerfile'
  | 'github-workflow'
  | 'gitlab-ci'
  | 'ansible'
  | 'toml'
  | 'ini'
  | 'properties'
  | 'dotenv'
  | 'json'
  | 'yaml';

export type JsonPath = readonly (string | number)[];

/** One thing to judge: a plan, a manifest, a document of a file. */
export interface InputDocument {
  kind: InputKind;
  /** The file as the user named it, with `/`. Attacker-controlled: escape it before printing. */
  file: string;
  /** Position in a file with several documents (or in a List), from 0. */
  index: number;
  /**
   * The parsed value, as policies see it under `input`. A number that a double cannot hold is there by its digits, as
   * `JSON.rawJSON` makes it (`isExactNumber` in src/record): `JSON.stringify` writes it unchanged, `structuredClone` spoils it.
   * Parts that YAML aliases name are shared objects: never change it.
   */
  value: unknown;
  /** SHA-256 of the file's bytes as they were read. */
  raw_digest: Digest;
  /**
   * Other files that were asked for while the value was put together, whether they were there or not; `rendered` where a tool made
   * it, which does not say what of. Absent: nothing but the file.
   */
  madeOf?: readonly string[] | 'rendered';
  /**
   * Where in the source a value is: the key of a member, the start of an item. Line and column from 1, the column in UTF-16
   * code units. Parses with positions only when called.
   * For a Terraform plan it is the block in the `.tf` file beside the plan where that can be found, else the place in the plan.
   * @param path JSON path into `value`; the nearest enclosing value that has a position is used
   */
  locate(path: JsonPath): Location;
}

/** Something that could not be read. It never becomes a pass: its verdict is not_evaluated. */
export interface InputProblem {
  file: string;
  error: ExhibitError;
}

export interface InputFile {
  file: string;
  documents: InputDocument[];
  problems: InputProblem[];
}

export interface InputLimits {
  /** Largest file in bytes. */
  fileBytes: number;
  /** Largest number of values that a YAML file may expand to through aliases. */
  yamlNodes: number;
  /** Largest number of files below the given paths. */
  files: number;
}

/** Text of a source file beside an input (a `.tf` file beside a plan); undefined where there is none. */
export interface SourceReader {
  /** Names of the files in a folder, sorted; empty where there is no such folder. */
  list(folder: string): string[];
  read(file: string): string | undefined;
}

export interface ReadOptions {
  limits?: Partial<InputLimits>;
  /** Folder that relative paths start from; the process's own by default. */
  cwd?: string;
  /** Where helm and kustomize are looked for; the process's own environment by default. They do not inherit it. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Values files for charts of Helm, in order; without them a chart's own values.yaml alone holds. */
  helmValues?: readonly string[];
  /** Called for each file in a folder that is of no kind we judge, so that a caller can count them. */
  onIgnored?: (file: string) => void;
  /** Called for each file that is found again, as itself or below a folder: it is read once. */
  onRepeated?: (file: string) => void;
}
