import type { Files, Opa, Repository } from '../types.ts';

/** What an export is made of. */
export interface ExportSource {
  repository: Repository;
  opa: Opa;
  /** The commit of a format that carries a bundle (`bundle: true`); undefined for the others. */
  version?: { revision: string; revision_time: number };
  /** Signs the files of a bundle; not given: it is carried unsigned. */
  sign?: (bundle: Files) => Promise<Files>;
}

/** A policy that a format does not carry, and why: listed, never dropped in silence. */
export interface LeftOut {
  policy: string;
  reason: string;
}

/** What became of the overrides in an export. */
export interface ExportedOverrides {
  /** Ids of those that it carries, each with its sunset in force there. */
  carried: string[];
  /** Those that it does not carry: there the policy holds without them. */
  left_out: { override: string; reason: string }[];
}

/** An export before its manifest: files by their path below the folder. */
export interface Exported {
  files: Map<string, Uint8Array>;
  /** Ids of the policies that it carries. */
  policies: string[];
  left_out: LeftOut[];
  overrides: ExportedOverrides;
  /** Of a tool that knows checks by its own ids: the id of each policy's check. */
  checks?: Record<string, string>;
}

/** One form for another tool: a file beside this one plus a line in `index.ts`. */
export interface ExportFormat {
  name: string;
  /** One line: what it is and which tool reads it. */
  summary: string;
  /** True where it carries a bundle, which has the version of a commit. */
  bundle?: boolean;
  /** The same source gives the same bytes. Each policy and each override of the repository is carried or left out with a reason. */
  make(source: ExportSource): Exported | Promise<Exported>;
  /**
   * The files as two makings of the same source have them, where a making holds something of its own (the randomness of a
   * signature). Not given: the files themselves.
   */
  comparable?(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array>;
}
