import { basename } from 'node:path';

/** What the exit code of a tool means. It is kept apart from verdicts, which come from its report. */
export type Meaning = 'clean' | 'findings' | 'failed' | 'unknown';

/** A tool whose ways are known. One that is not here runs as well: its report is detected; another exit code than 0 means
 * `findings` where the report has any, and is `unknown` otherwise, which is never a success. */
export interface Tool {
  name: string;
  /** Arguments that make it print its version. */
  version: readonly string[];
  /** By exit code; any other one means `failed`. `ambiguous`: findings or a failure, which only the report tells. */
  exits: Readonly<Record<number, Meaning | 'ambiguous'>>;
  /** How the tool is told to write a report that can be read, for hints. */
  hint: string;
}

/** From the makers' documentation of their exit codes. */
const TOOLS: readonly Tool[] = [
  tool('checkov', ['--version'], { 0: 'clean', 1: 'ambiguous', 2: 'failed' }, '-o json'),
  tool('trivy', ['--version'], { 0: 'clean', 1: 'ambiguous' }, '--format json --include-non-failures'),
  tool('conftest', ['--version'], { 0: 'clean', 1: 'ambiguous', 2: 'findings' }, '-o json'),
  tool(
    'kics',
    ['version'],
    { 0: 'clean', 20: 'findings', 30: 'findings', 40: 'findings', 50: 'findings', 60: 'findings' },
    '--report-formats json -o DIR, with --report DIR/results.json here',
  ),
  tool('tfsec', ['--version'], { 0: 'clean', 1: 'ambiguous' }, '--format json --include-passed'),
  tool('terrascan', ['version'], { 0: 'clean', 3: 'findings' }, '-o json'),
  tool('kyverno', ['version'], { 0: 'clean', 1: 'ambiguous' }, '--policy-report'),
  tool('gator', ['version'], { 0: 'clean', 1: 'ambiguous' }, '-o json'),
  tool('prowler', ['--version'], { 0: 'clean', 3: 'findings' }, '-M json-ocsf, with --report FILE here'),
  tool('kubescape', ['version'], { 0: 'clean', 1: 'ambiguous' }, '--format json'),
  tool('kube-bench', ['version'], { 0: 'clean', 1: 'ambiguous' }, '--json'),
  tool('semgrep', ['--version'], { 0: 'clean', 1: 'findings' }, '--sarif'),
  tool('helm', ['version'], { 0: 'clean', 1: 'ambiguous' }, 'lint'),
  tool('opa', ['version'], { 0: 'clean', 1: 'ambiguous', 2: 'findings' }, '--format json'),
];

function tool(name: string, version: readonly string[], exits: Tool['exits'], hint: string): Tool {
  return { name, version, exits, hint };
}

/** By the name of the program, whatever folder it lies in. */
export function toolOf(program: string): Tool | undefined {
  const name = basename(program)
    .replace(/\.(exe|cmd|py)$/i, '')
    .toLowerCase();
  return TOOLS.find((each) => each.name === name);
}

/** Whether the exit code alone does not tell what it means. */
export function asksReport(known: Tool | undefined, code: number | null): boolean {
  if (code === null) return false;
  return known === undefined || known.exits[code] === 'ambiguous';
}

/**
 * What an exit code means, with what the report holds where the code alone does not tell.
 * @param read whether a report was read without problems
 * @param fails how many fails are in it
 */
export function meaningOf(
  known: Tool | undefined,
  code: number | null,
  read: boolean,
  fails: number,
): Meaning {
  if (code === null) return 'failed';
  // A wrapper under another name blocks as what it wraps: its code is not made a success because nobody here knows it.
  if (known === undefined)
    return !read ? 'unknown' : code === 0 ? 'clean' : fails > 0 ? 'findings' : 'unknown';
  const meaning = known.exits[code] ?? 'failed';
  if (meaning !== 'ambiguous') return meaning;
  return read && fails > 0 ? 'findings' : 'failed';
}

/**
 * What looks like a version, in the first line that names the tool; without such a line anywhere. Some print those of their parts beside
 * their own, and a build of a working copy has none.
 */
export function versionIn(text: string, name: string): string | undefined {
  const own = text.split('\n').find((line) => line.toLowerCase().includes(name.toLowerCase()));
  return /\bv?(\d+\.\d+(?:\.\d+)?(?:[-+][\w.-]+)?)\b/.exec(own ?? text)?.[1];
}
