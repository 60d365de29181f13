import { resolve } from 'node:path';
import { type Change, compareVersions, findCompiler, unifiedDiff } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import type { DiffReport } from './diff-schema.ts';
import { diffText } from './diff-text.ts';
import { readVersion, type Version } from './version-of.ts';

export interface DiffFlags {
  repository: string;
  rules?: boolean;
  failOnWeaker?: boolean;
  output: 'table' | 'json';
}

/** Compares two versions of the policies in words; with --fail-on-weaker exit 1 where one change makes them weaker. */
export async function diff(
  before: string,
  after: string,
  flags: DiffFlags,
  context: Context,
): Promise<ExitCode> {
  const opa = await findCompiler(context.env);
  const repository = resolve(context.cwd, flags.repository);
  const [from, to] = await Promise.all([
    readVersion(before, repository, opa, context),
    readVersion(after, repository, opa, context),
  ]);
  const changes = await compareVersions(from.side, to.side);
  const paths = changes.filter(({ area }) => area === 'rule').map(({ id }) => id);
  const rules = flags.rules === true ? await unifiedDiff(from.side, to.side, paths) : undefined;
  const report = reportOf(from, to, changes, rules);
  if (flags.output === 'json') context.stdout.write(`${inertJson(report, 2)}\n`);
  else context.stdout.write(`${diffText(report, Math.min(context.stdout.columns, 100)).join('\n')}\n`);
  for (const { problems, named } of [from, to])
    if (problems > 0)
      context.stderr.write(`note: ${named} has ${problems} errors, so not all of it could be compared\n`);
  if (flags.failOnWeaker === true && report.summary.weaker > 0) return EXIT.violation;
  return from.problems + to.problems > 0 ? EXIT.incomplete : EXIT.ok;
}

function reportOf(from: Version, to: Version, changes: Change[], rules: string | undefined): DiffReport {
  const told = ({ named, kind, revision, digest, side }: Version) => ({
    named,
    kind,
    revision,
    ...(digest === undefined ? {} : { digest }),
    policies: side.policies.length,
  });
  const policies = (kind: Change['kind']) =>
    new Set(changes.filter((one) => one.area === 'policy' && one.kind === kind).map(({ id }) => id)).size;
  const of = (effect: Change['effect']) => changes.filter((one) => one.effect === effect).length;
  return {
    schemaVersion: 1,
    old: told(from),
    new: told(to),
    changes,
    ...(rules === undefined ? {} : { rules }),
    summary: {
      changes: changes.length,
      weaker: of('weaker'),
      unknown: of('unknown'),
      policies: { added: policies('added'), removed: policies('removed'), changed: policies('changed') },
    },
  };
}
