import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError } from '../../../record/index.ts';
import { type RunResult, run } from '../../exec.ts';
import { withStage } from '../../stage.ts';
import type { Files } from '../../types.ts';
import type { Kyverno } from './find.ts';
import { type Manifest, readManifests } from './manifest.ts';

/** What Kyverno's CLI says of one object and one rule. */
export interface Verdict {
  policy: string;
  rule: string;
  result: 'pass' | 'fail' | 'warn' | 'error' | 'skip';
  message: string;
  /** `Kind/namespace/name`. */
  subject: string;
}

export interface Applied {
  verdicts: Verdict[];
  /** Objects that rules changed or made, as they are then. */
  made: Manifest[];
  /** Policies that the CLI did not use, because it holds them for wrong, with what it says. */
  unused: string[];
}

export interface Question {
  /** Paths in `files`. */
  policies: readonly string[];
  resources: readonly string[];
  exceptions?: readonly string[];
  files: Files;
}

const objectSchema = z.object({
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string().default(''),
});
const resultSchema = z.object({
  policy: z.string(),
  rule: z.string().default(''),
  result: z.enum(['pass', 'fail', 'warn', 'error', 'skip']),
  message: z.string().default(''),
  resources: z.array(objectSchema).default([]),
});
const reportSchema = z.object({
  results: z.array(resultSchema).nullish(),
  scope: objectSchema.optional().catch(undefined),
});

/**
 * `kyverno apply`: policies on objects, without a cluster and without the settings of the caller.
 * @throws ExhibitError TOOL_FAILED when it gives no report
 */
export async function apply(kyverno: Kyverno, question: Question): Promise<Applied> {
  return withStage(question.files, async (folder) => {
    const { policies, resources, exceptions = [] } = question;
    const args = ['apply', ...policies, '--policy-report', '--output-format', 'json', '--output', OUT];
    for (const path of resources) args.push('--resource', path);
    for (const path of exceptions) args.push('--exception', path);
    const result = await call(kyverno, folder, args);
    const text = result.stdout.toString('utf8');
    const reports = jsonIn(text);
    if (reports.length === 0 && result.code !== 0) throw failed(result);
    return {
      verdicts: reports.flatMap(verdictsIn),
      made: await manifestsIn(join(folder, OUT)),
      unused: unusedIn(text),
    };
  });
}

/** Without `.yaml`, so that the CLI takes it for a folder. */
const OUT = '.out';

/** Runs a command of the CLI in a folder. It has no home but that folder, so that it finds no cluster. */
export function call(kyverno: Kyverno, folder: string, args: readonly string[]): Promise<RunResult> {
  return run(kyverno.path, [...args, '--remove-color'], {
    cwd: folder,
    env: { HOME: folder, TMPDIR: folder, KUBECONFIG: join(folder, 'no-kubeconfig') },
  });
}

function verdictsIn(report: unknown): Verdict[] {
  const parsed = reportSchema.safeParse(report);
  if (!parsed.success)
    throw new ExhibitError(
      'TOOL_FAILED',
      `kyverno apply gave a report of an unknown form: ${parsed.error.issues[0]?.message ?? ''}`,
    );
  const { results, scope } = parsed.data;
  return (results ?? []).flatMap(({ resources, ...rest }) =>
    // A result without an object is a verdict all the same.
    (resources.length > 0 ? resources : [scope ?? { kind: 'object', name: '' }]).map(
      ({ kind, namespace, name }) => ({
        ...rest,
        subject: [kind, namespace, name].filter((part) => part !== undefined && part !== '').join('/'),
      }),
    ),
  );
}

/**
 * Every JSON object or list that begins a line, written in one line or in several: the CLI writes text before and behind it, and
 * some of that without an end of line.
 */
export function jsonIn(text: string): unknown[] {
  const out: unknown[] = [];
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^\w+ (has been applied|completed) successfully\./, ''));
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    if (!/^[{[]/.test(line)) continue;
    const close = line.startsWith('{') ? '}' : ']';
    const last = /^[{[]\s*$/.test(line) ? lines.indexOf(close, i) : i;
    try {
      out.push(JSON.parse(lines.slice(i, last + 1).join('\n')));
      i = last;
    } catch {
      // Text that begins with a bracket.
    }
  }
  return out;
}

/** `Policies Skipped` and `Invalid Policies`, which the CLI lists beside a report that looks complete: name and reason. */
function unusedIn(text: string): string[] {
  const lists = text.matchAll(/^(?:Policies Skipped|Invalid Policies):\n((?:\d+\. [^\n]*\n)+)/gm);
  return [...lists].flatMap(([, list = '']) =>
    [...list.matchAll(/^\d+\. (.*)$/gm)].map(([, said = '']) => said),
  );
}

async function manifestsIn(folder: string): Promise<Manifest[]> {
  const names = await readdir(folder).catch(() => []);
  const files = new Map<string, Uint8Array>();
  for (const name of names.sort()) files.set(name, await readFile(join(folder, name)));
  return names.flatMap((name) => readManifests(files, name).manifests);
}

export function failed({ code, stdout, stderr }: RunResult): ExhibitError {
  const said = (stderr.trim() || stdout.toString('utf8').trim()).slice(-2_048);
  return new ExhibitError('TOOL_FAILED', `kyverno ended with exit code ${code}: ${said}`);
}
