import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError } from '../record/index.ts';
import { keyOf } from './answers.ts';
import { type RunResult, run } from './exec.ts';
import { withStage } from './stage.ts';
import { packTar } from './tar.ts';
import type { Files, Opa } from './types.ts';

const location = z.object({ file: z.string(), row: z.int(), col: z.int() });
const errorsSchema = z.object({
  errors: z.array(
    z.object({ message: z.string(), code: z.string().default(''), location: location.optional() }),
  ),
});
export type OpaError = z.infer<typeof errorsSchema>['errors'][number];

const annotationsSchema = z.object({
  annotations: z
    .array(
      z.object({
        annotations: z.object({
          scope: z.string(),
          title: z.string().default(''),
          description: z.string().default(''),
          custom: z.record(z.string(), z.unknown()).default({}),
        }),
        location,
        path: z.array(z.object({ value: z.unknown() })),
      }),
    )
    .default([]),
});
export type OpaAnnotation = z.infer<typeof annotationsSchema>['annotations'][number];

/** A command of OPA as a pure function: all that its answer follows from. */
export interface Question {
  /** What lies in the folder in which it runs. */
  files: Files;
  args: readonly string[];
  stdin?: string;
  /** The file that it writes. */
  output?: string;
  /** Milliseconds after which it is ended; the limit of `run` where none is given. */
  timeout?: number;
}

export interface Answer extends RunResult {
  /** The file that it wrote. */
  written: Uint8Array | undefined;
}

/** Asks OPA in a fresh folder. An answer that is kept is given again; one that says that something is wrong is not kept. */
export async function ask(opa: Opa, { files, args, stdin = '', output, timeout }: Question): Promise<Answer> {
  const key =
    opa.kept === undefined ? undefined : keyOf(opa.kept.digest, [...args, output ?? ''], stdin, files);
  const known = key === undefined ? undefined : await opa.kept?.answers.get(key);
  if (known !== undefined) return { code: 0, stdout: known.stdout, stderr: '', written: known.output };
  return withStage(files, async (folder) => {
    const result = await call(opa, folder, args, stdin, timeout);
    if (result.code !== 0) return { ...result, written: undefined };
    const written = output === undefined ? undefined : await readFile(join(folder, output));
    if (key !== undefined) await opa.kept?.answers.put(key, { stdout: result.stdout, output: written });
    return { ...result, written };
  });
}

/** `opa check -b` of some files, or of the archive among them. An empty list: they compile. */
export async function check(
  opa: Opa,
  files: Files,
  flags: readonly string[] = [],
  from = '.',
): Promise<OpaError[]> {
  const args = ['check', '--format=json', '--max-errors=0', ...flags, '-b', from];
  const result = await ask(opa, { files, args });
  if (result.code === 0) return [];
  const parsed = errorsSchema.safeParse(json(result.stderr));
  if (parsed.success) return parsed.data.errors;
  throw failed('check', result);
}

/** Every `# METADATA` block of some modules. */
export async function annotations(opa: Opa, files: Files): Promise<OpaAnnotation[]> {
  const result = await ask(opa, {
    files: archived(files),
    args: ['inspect', '-a', '--format=json', MODULES],
  });
  if (result.code !== 0) throw failed('inspect', result);
  return annotationsSchema.parse(json(result.stdout.toString('utf8'))).annotations;
}

/** Name of the archive of `archived`. */
export const MODULES = 'modules.tar.gz';

/**
 * Modules as one archive: one file to write instead of some hundred with their folders. What OPA says of an archive that
 * does not compile names other places than those of the repository: ask again of a folder.
 * @throws ExhibitError POLICY_INVALID for a path that an archive cannot hold
 */
export function archived(modules: Files): Map<string, Uint8Array> {
  return new Map([[MODULES, packTar(modules)]]);
}

/**
 * Evaluates a query in a staged folder with the real OPA.
 * @returns its value, or undefined where it is undefined
 */
export async function evaluate(
  opa: Opa,
  folder: string,
  query: string,
  input: unknown,
  flags: readonly string[] = [],
): Promise<unknown> {
  const result = await call(
    opa,
    folder,
    ['eval', '--format=json', '--stdin-input', ...flags, query],
    JSON.stringify(input),
  );
  return answerOf(result);
}

/** The value of the only query of an `opa eval`, or undefined where it is undefined. */
export function answerOf(result: RunResult): unknown {
  if (result.code !== 0) throw failed('eval', result);
  const schema = z.object({
    result: z.array(z.object({ expressions: z.array(z.object({ value: z.unknown() })) })).optional(),
  });
  return schema.parse(json(result.stdout.toString('utf8'))).result?.[0]?.expressions[0]?.value;
}

/**
 * Go's collector, run less often: a process of some seconds that makes trees and throws them away spends a third of its time there. Beyond a
 * gigabyte it runs as often as it must.
 */
const COLLECTOR = { GOGC: '400', GOMEMLIMIT: '1GiB' };

/**
 * Runs an `opa` command in a folder, without the caller's OPA_* settings and without a call home.
 * @param timeout milliseconds after which it is ended; the limit of `run` where none is given
 */
export function call(
  opa: Opa,
  folder: string,
  args: readonly string[],
  stdin = '',
  timeout?: number,
): Promise<RunResult> {
  const limit = timeout === undefined ? {} : { timeout };
  const env = { HOME: folder, TMPDIR: folder, ...COLLECTOR };
  return run(opa.path, args, { cwd: folder, stdin, env, ...limit });
}

export function failed(command: string, result: RunResult): ExhibitError {
  const said = result.stderr.trim() || result.stdout.toString('utf8').trim().slice(0, 4_096);
  return new ExhibitError('TOOL_FAILED', `opa ${command} ended with exit code ${result.code}: ${said}`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
