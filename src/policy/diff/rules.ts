import { run } from '../exec.ts';
import { isRego, isTest } from '../rego.ts';
import { withStage } from '../stage.ts';
import { isRegoPolicy } from '../styles.ts';
import type { Files, Policy } from '../types.ts';
import { type Change, change, type Side } from './types.ts';

/** Files of rules that differ, and the policies that stand in them. A module that differs in its comments alone is the same rule. */
export function compareRules(before: Side, after: Side): Change[] {
  const [old, now] = [rulesOf(before), rulesOf(after)];
  const owners = ownersOf([...before.policies, ...after.policies]);
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path) => {
    const [a, b] = [old.get(path), now.get(path)];
    if (a !== undefined && b !== undefined && bare(path, a) === bare(path, b)) return [];
    const of = owners(path);
    const who = of.length === 0 ? 'shared by policies' : `of ${of.join(', ')}`;
    // A module adds to what others of its package say, such as an exception to a list of them.
    if (a === undefined) return [change('rule', path, 'added', 'unknown', `new, ${who}`)];
    if (b === undefined) return [change('rule', path, 'removed', 'unknown', `gone, ${who}`)];
    return [change('rule', path, 'changed', 'unknown', `other rules, ${who}`)];
  });
}

/** The modules and the files of other engines; what was generated, and tests, judge nothing. */
function rulesOf({ files, policies }: Side): Map<string, Uint8Array> {
  const stacks = new Set(policies.flatMap((policy) => (isRegoPolicy(policy) ? [] : policy.files)));
  return new Map(
    [...files].filter(
      ([path]) => stacks.has(path) || (isRego(path) && !isTest(path) && !path.startsWith('exhibit/')),
    ),
  );
}

/** Which policies stand in the folder of a file. */
function ownersOf(policies: readonly Policy[]): (path: string) => string[] {
  const folder = (path: string) => path.slice(0, path.lastIndexOf('/'));
  return (path) => [
    ...new Set(policies.filter(({ file }) => folder(file) === folder(path)).map(({ id }) => id)),
  ];
}

function bare(path: string, data: Uint8Array): string {
  const text = Buffer.from(data).toString('utf8');
  // In a raw string of several lines, a line that begins with # is no comment.
  if (!isRego(path) || /`[^`\n]*\n[^`]*`/.test(text)) return text;
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n');
}

/**
 * What `git diff` shows between the files of rules of two versions that differ, as a unified diff.
 * @throws ExhibitError TOOL_MISSING
 */
export async function unifiedDiff(before: Side, after: Side, paths: readonly string[]): Promise<string> {
  if (paths.length === 0) return '';
  const some = (side: Side, name: string): Files =>
    new Map(
      paths.flatMap((path) => {
        const data = side.files.get(path);
        return data === undefined ? [] : [[`${name}/${path}`, data]];
      }),
    );
  // One file in each, so that both folders are there.
  const anchor = Buffer.from('');
  const files = new Map([
    ...some(before, 'old'),
    ...some(after, 'new'),
    ['old/.x', anchor],
    ['new/.x', anchor],
  ]);
  return withStage(files, async (folder) => {
    const fixed = ['-c', 'core.quotePath=false', '-c', 'diff.noprefix=false', '-c', 'core.attributesFile='];
    const args = [
      'diff',
      '--no-index',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--no-prefix',
      'old',
      'new',
    ];
    const { stdout } = await run('git', [...fixed, ...args], {
      cwd: folder,
      env: { ...process.env, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
    });
    return stdout.toString('utf8');
  });
}
