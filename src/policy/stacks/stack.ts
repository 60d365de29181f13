import type { Location } from '../../record/index.ts';
import type { ExampleResult, Files, Problem, StackPolicy, StackStyle } from '../types.ts';

/** Metadata of a policy as somebody wrote it, not checked yet, and where its fields stand. */
export interface Statement {
  value: Record<string, unknown>;
  locate(path: readonly PropertyKey[]): Location;
}

/** What a stack makes of the file that holds a policy. */
export interface StackReading {
  /** Metadata in the file itself (annotations), when the engine's own tools look there; undefined: in `policy.yaml` beside it. */
  statement?: Statement;
  /** Files that the engine needs beside the policy's own, such as a schema; paths below the repository. */
  with?: string[];
  /** What is wrong in the file, as far as it shows without a tool that is not ours. */
  problems: Problem[];
}

/** Tools of other projects that tests of policies call. */
export type StackTool = 'kyverno';

export interface TestOptions {
  /** Where tools are looked for. */
  environment: NodeJS.ProcessEnv;
}

/** Policies of one engine that is not OPA: how they are found, read, checked and tested. A stack is a file plus a line in `index.ts`. */
export interface Stack {
  style: StackStyle;
  /** Name of the file that makes a folder below `policies/` a policy of this stack. */
  main: string;
  /** `none`: no engine that runs offline judges a document with it, so its policies have no examples. */
  examples?: 'none';
  /** The tool that its tests call, where that is not in this process. A new repository has such policies only when asked for. */
  tool?: StackTool;
  /** Reads one policy file. Never throws for what stands in it: it is a problem with file and line. */
  read(file: string, files: Files): StackReading | Promise<StackReading>;
  /** Problems beyond those of reading it: what `policy lint` says. */
  lint?(policy: StackPolicy, files: Files): Problem[] | Promise<Problem[]>;
  /**
   * Judges the examples (`good-*`, `bad-*`) and runs the tests that the engine knows, with the engine itself.
   * A tool that cannot be found is one result that is not ok and says how to get it: never a pass.
   */
  test(policies: readonly StackPolicy[], files: Files, options: TestOptions): Promise<ExampleResult[]>;
}
