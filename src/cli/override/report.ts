import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findOpa, type Policy, type Repository, readRepository } from '../../policy/index.ts';
import { ExhibitError } from '../../record/index.ts';
import {
  overrideMetrics,
  policyReport,
  reportTitle,
  suspectPolicies,
  trackers,
} from '../../respond/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tellGenerated } from '../generated.ts';
import { makeFolder } from '../policy/folder.ts';
import { inertJson } from '../terminal/json.ts';
import { printable } from '../terminal/text.ts';
import { evidenceOf } from './evidence.ts';
import type { OverrideReport } from './report-schema.ts';
import { text } from './report-text.ts';

export interface ReportFlags {
  evidence?: string;
  from?: string;
  to?: string;
  write?: boolean;
  open?: string;
  output: 'table' | 'json';
}

/** Exit 3 where evidence was asked and is not complete: figures of a part are no figures of the whole. */
export async function report(folder: string, flags: ReportFlags, context: Context): Promise<ExitCode> {
  const root = resolve(context.cwd, folder);
  const repository = await readRepository(root, { opa: await findOpa(context.env), now: context.clock() });
  const { overrides, rejected_overrides, config } = repository;
  const now = context.clock();
  const asked =
    flags.evidence === undefined
      ? undefined
      : await evidenceOf(resolve(context.cwd, flags.evidence), flags, overrides, now);
  const evidence = asked?.evidence;
  const generated = asked === undefined ? {} : tellGenerated(asked.origin, flags.output, context);
  const metrics = overrideMetrics(overrides, rejected_overrides, now, evidence);
  const { many } = config.overrides;
  const suspects = suspectPolicies(metrics, many).map((each) => ({ ...each, ...textOf(each.policy) }));
  function textOf(id: string) {
    const policy = repository.policies.find((one) => one.id === id);
    const open = overrides.filter((each) => each.policy === id && isOpen(each));
    return { title: reportTitle({ id }), text: policy === undefined ? '' : policyReport(policy, open, many) };
  }
  function isOpen(each: Repository['overrides'][number]): boolean {
    return Date.parse(each.created) <= now && now <= Date.parse(each.sunset);
  }
  const document: OverrideReport = {
    schemaVersion: 1,
    ...generated,
    ...metrics,
    suspects: suspects.map(({ policy, in_force, uses }) => ({
      policy,
      in_force,
      ...(uses === undefined ? {} : { uses }),
    })),
  };
  context.stdout.write(
    flags.output === 'json' ? `${inertJson(document, 2)}\n` : text(document, context.stdout),
  );
  if (flags.write === true) await writeReports(root, suspects, context);
  if (flags.open !== undefined) await openReports(flags.open, suspects, context);
  return evidence === undefined || evidence.complete ? EXIT.ok : EXIT.incomplete;
}

interface Suspect {
  policy: Policy['id'];
  title: string;
  text: string;
}

/** A report that says the same is left as it is. */
async function writeReports(root: string, suspects: readonly Suspect[], context: Context): Promise<void> {
  for (const suspect of suspects) {
    const file = `overrides/reports/${suspect.policy}.md`;
    const path = join(root, file);
    const before = await readFile(path, 'utf8').catch(() => undefined);
    if (before === suspect.text) continue;
    await makeFolder(join(root, 'overrides', 'reports'));
    await writeFile(path, suspect.text);
    context.stderr.write(`${before === undefined ? 'wrote' : 'changed'} ${file}\n`);
  }
}

/** @throws ExhibitError USAGE for a tracker that is not known, TOOL_FAILED where it does not take the report */
async function openReports(target: string, suspects: readonly Suspect[], context: Context): Promise<void> {
  const [kind, project = ''] = target.split(/:(.*)/s);
  const tracker = trackers(context.env).find((each) => each.kind === kind);
  if (tracker === undefined || project === '')
    throw new ExhibitError('USAGE', `--open ${target} names no tracker that is set`, {
      hint: 'github:owner/name, gitlab:group/name, or jira:KEY with EXHIBIT_JIRA_URL.',
    });
  for (const { title, text: body } of suspects) {
    const reported = await tracker.report(project, title, body);
    if ('failed' in reported)
      throw new ExhibitError('TOOL_FAILED', `${tracker.kind} did not take the report: ${reported.failed}`, {
        hint: `Its token is EXHIBIT_${tracker.kind.toUpperCase()}_TOKEN; it needs to write tickets of ${project}.`,
      });
    context.stderr.write(`${reported.opened ? 'opened' : 'open already'}: ${printable(reported.url)}\n`);
  }
}
