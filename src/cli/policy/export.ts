import { join, relative, resolve } from 'node:path';
import {
  checkExportFolder,
  EXPORT_FILE,
  type ExportManifest,
  exportPolicies,
  findOpa,
} from '../../policy/index.ts';
import { formatLocation } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inFolder } from '../terminal/call.ts';
import { sentence, table } from '../terminal/table.ts';
import { printable, wrap } from '../terminal/text.ts';
import { VERSION } from '../version.ts';
import { keyName, read } from './sign.ts';

export interface ExportFlags {
  out: string;
  check?: boolean;
  allowDirty?: boolean;
  key?: string;
  verbose?: boolean;
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
  if (flags.check === true) return check(source, format, out, { opa, shown: flags.out, folder }, context);
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
  sayLeftOut(manifest, policies, flags, context);
  return EXIT.ok;
}

/** How many of a reason are named, unless all are asked for. */
const NAMED = 3;

/** What is not in the export, by reason, most first: counts and the first few, or all. What is not named here is in the manifest. */
function sayLeftOut(
  { left_out, overrides }: ExportManifest,
  policies: number,
  { verbose = false, out }: ExportFlags,
  { stdout }: Context,
): void {
  const width = Math.min(stdout.columns, 100);
  const say = (text: string, indent = '') =>
    stdout.write(`${indent}${wrap(printable(text), width - 8).join(`\n${indent}    `)}\n`);
  const cut = [
    sayGroups(
      `not in it, ${left_out.length} of ${policies} policies`,
      left_out.map(({ policy, reason }) => [reason, policy]),
      verbose,
      say,
    ),
    sayGroups(
      `not in it, ${overrides.left_out.length} of ${overrides.left_out.length + overrides.carried.length} overrides; there the policy holds without them`,
      overrides.left_out.map(({ override, reason }) => [reason, override]),
      verbose,
      say,
    ),
  ];
  if (cut.includes(true)) say(`all by name: --verbose, or left_out in ${join(out, EXPORT_FILE)}`);
}

/** @returns whether names were left away */
function sayGroups(
  title: string,
  pairs: readonly (readonly [reason: string, id: string])[],
  all: boolean,
  say: (text: string, indent?: string) => void,
): boolean {
  if (pairs.length === 0) return false;
  say(`${title}:`);
  const groups = [...grouped(pairs)].sort(([, a], [, b]) => b.length - a.length);
  for (const [reason, ids] of groups) {
    const named = all || ids.length <= NAMED + 1 ? ids : ids.slice(0, NAMED);
    const more = ids.length - named.length;
    say(`${ids.length}: ${reason}: ${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`, '  ');
  }
  return !all && groups.some(([, ids]) => ids.length > NAMED + 1);
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
  { opa, shown, folder }: { opa: Awaited<ReturnType<typeof findOpa>>; shown: string; folder: string },
  context: Context,
): Promise<ExitCode> {
  const problems = await checkExportFolder(source, format, out, { opa, shown });
  for (const { message, location, hint } of problems) {
    context.stdout.write(sentence(`${formatLocation(location)}: ${message}`, context.stdout));
    if (hint !== undefined)
      context.stdout.write(sentence(`    fix: ${inFolder(hint, folder)}`, context.stdout));
  }
  if (problems.length > 0) return EXIT.violation;
  context.stdout.write(`${printable(shown)} is what the policies give now\n`);
  return EXIT.ok;
}
