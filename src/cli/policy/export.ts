import { relative, resolve } from 'node:path';
import { checkExportFolder, type ExportManifest, exportPolicies, findOpa } from '../../policy/index.ts';
import { formatLocation } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { table } from '../terminal/table.ts';
import { plural, printable, wrap } from '../terminal/text.ts';
import { VERSION } from '../version.ts';
import { keyName, read } from './sign.ts';

export interface ExportFlags {
  out: string;
  check?: boolean;
  allowDirty?: boolean;
  key?: string;
}

/** Writes the policies in the form of another tool, and says what is not in it; or says how a folder of it differs. */
export async function exportTo(
  format: string,
  folder: string,
  flags: ExportFlags,
  context: Context,
): Promise<ExitCode> {
  const opa = await findOpa(context.env);
  const source = resolve(context.cwd, folder);
  const out = resolve(context.cwd, flags.out);
  if (flags.check === true) return check(source, format, out, { opa, shown: flags.out }, context);
  const { manifest, policies } = await exportPolicies(source, format, out, {
    opa,
    madeBy: VERSION,
    allowDirty: flags.allowDirty === true,
    ...(flags.key === undefined ? {} : { key: keyOf(resolve(context.cwd, flags.key)) }),
  });
  const rows = [
    ['format', manifest.format],
    ['folder', relative(context.cwd, out) || '.'],
    ['files', String(Object.keys(manifest.files).length)],
    ['policies', `${manifest.policies.length} of ${policies}`],
    ['overrides', countOverrides(manifest)],
  ];
  context.stdout.write(table(rows, context.stdout));
  const width = Math.min(context.stdout.columns, 100);
  const say = (text: string) => context.stdout.write(`${wrap(printable(text), width).join('\n    ')}\n`);
  const policyReasons = manifest.left_out.map(({ policy, reason }) => [reason, policy] as const);
  for (const [reason, ids] of grouped(policyReasons))
    say(
      `not in it: ${plural(ids.length, 'policy').replace('policys', 'policies')}, each because ${reason}: ${ids.join(', ')}`,
    );
  const reasons = manifest.overrides.left_out.map(({ override, reason }) => [reason, override] as const);
  for (const [reason, ids] of grouped(reasons))
    say(`no override in it: ${ids.join(', ')}: ${reason}. There the policy holds without it.`);
  return EXIT.ok;
}

function keyOf(file: string): { pem: string; id: string } {
  return { pem: read(file, 'Make one with: exhibit policy keys').toString('utf8'), id: keyName(file) };
}

function countOverrides({ overrides: { carried, left_out } }: ExportManifest): string {
  return `${carried.length} of ${carried.length + left_out.length}`;
}

function grouped(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [reason, id] of pairs) groups.set(reason, [...(groups.get(reason) ?? []), id]);
  return groups;
}

async function check(
  source: string,
  format: string,
  out: string,
  { opa, shown }: { opa: Awaited<ReturnType<typeof findOpa>>; shown: string },
  context: Context,
): Promise<ExitCode> {
  const problems = await checkExportFolder(source, format, out, { opa, shown });
  for (const { message, location, hint } of problems) {
    context.stdout.write(`${printable(formatLocation(location))}: ${printable(message)}\n`);
    if (hint !== undefined) context.stdout.write(`    fix: ${printable(hint)}\n`);
  }
  if (problems.length > 0) return EXIT.violation;
  context.stdout.write(`${printable(shown)} is what the policies give now\n`);
  return EXIT.ok;
}
