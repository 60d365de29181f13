import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { runCheck } from '../check/run.ts';
import { resolveConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { gitBytes, gitText, names } from '../gate/git.ts';
import { HOOK_FILES } from '../gate/hook-files.ts';
import { emit } from '../output/emit.ts';
import type { CheckReport } from '../report/report.ts';
import type { ColorChoice } from '../terminal/color.ts';

/** A pipeline takes in other files of the repository, which need not be among those of the commit. */
const PIPELINE = /(?:^|\/)(?:\.gitlab-ci\.ya?ml|\.github\/.*\.ya?ml|action\.ya?ml)$/i;

/** Every file of YAML as the commit would have it. */
function pipelineFiles(top: string): string[] {
  return names(gitText(top, 'ls-files', '-z', '--', '*.yml', '*.yaml'));
}

/**
 * Judges the staged files as they would be committed, whatever else is in the work tree: git writes them into a folder of their own,
 * with the names that they have in the repository.
 * @throws ExhibitError what check throws; TOOL_FAILED where git does not write them
 */
export async function runHook(
  outputs: readonly string[],
  color: ColorChoice,
  context: Context,
): Promise<ExitCode> {
  const top = gitText(context.cwd, 'rev-parse', '--show-toplevel')?.replace(/\n$/, '');
  if (top === undefined)
    throw new ExhibitError('NOT_FOUND', 'this is no work tree of a git repository', {
      location: { file: context.cwd },
    });
  const here = { ...context, cwd: top };
  const staged = names(
    gitText(top, 'diff', '--cached', '--name-only', '-z', '--no-renames', '--diff-filter=ACMT'),
  ).filter((name) => HOOK_FILES.test(name));
  if (staged.length === 0) return EXIT.ok;
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-staged-'));
  try {
    const beside = staged.some((name) => PIPELINE.test(name)) ? pipelineFiles(top) : [];
    const list = [...new Set([...staged, ...beside])].map((name) => `${name}\0`).join('');
    const done = gitBytes(top, ['checkout-index', '-z', '--stdin', `--prefix=${folder}${sep}`], list);
    if (done === undefined)
      throw new ExhibitError('TOOL_FAILED', 'git checkout-index did not write what is staged', {
        hint: 'An unmerged file is no content yet: resolve the conflict and add it.',
      });
    const targets = emit.targets(outputs, here);
    const config = resolveConfig({ layer: 'pre-commit' }, here);
    const show = (report: CheckReport) => emit.report(report, targets, color, here);
    const report = await runCheck(staged, config, { quiet: true, folder, unrecorded: show }, here);
    show(report);
    return report.exit_code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
