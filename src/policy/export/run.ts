import { ExhibitError } from '../../record/index.ts';
import { readVersion } from '../build.ts';
import { readRepository } from '../repository.ts';
import { signBundle } from '../sign.ts';
import { suggest } from '../suggest.ts';
import type { Files, Opa, Problem } from '../types.ts';
import { readExport, writeExport } from './folder.ts';
import { checkExport, EXPORTS, type ExportFormat, type ExportManifest, type ExportSource } from './index.ts';
import { manifestBytes, manifestOf } from './manifest.ts';

export interface ExportOptions {
  opa: Opa;
  /** Version of the program, for the manifest. */
  madeBy: string;
  /** A format that carries a bundle: of what lies in the folder although it differs from the commit. */
  allowDirty?: boolean;
  /** Private key and its name: a bundle that is carried is signed. */
  key?: { pem: string; id: string };
}

export interface ExportWritten {
  manifest: ExportManifest;
  /** Policies of the repository. */
  policies: number;
}

/**
 * Writes the policies of a repository into a folder, in the form of another tool. What lies in the folder of the repository is
 * exported, so that a policy and its exports are one change; a form that carries a bundle is made of the commit.
 * @throws ExhibitError USAGE (unknown format, dirty tree, a folder that is no export), POLICY_INVALID, TOOL_FAILED
 */
export async function exportPolicies(
  folder: string,
  name: string,
  out: string,
  options: ExportOptions,
): Promise<ExportWritten> {
  const format = formatOf(name);
  const source = await sourceOf(format, folder, options);
  refuseErrors(source);
  const exported = await format.make(source);
  const manifest = manifestOf(format, source, exported, options.madeBy);
  await writeExport(out, exported.files, manifestBytes(manifest));
  return { manifest, policies: source.repository.policies.length };
}

/**
 * What a folder of an export has that its source does not say now.
 * @param options.shown name of the folder in messages
 * @throws ExhibitError USAGE for an unknown format, NOT_FOUND, POLICY_INVALID
 */
export async function checkExportFolder(
  folder: string,
  name: string,
  out: string,
  { opa, shown = out }: { opa: Opa; shown?: string },
): Promise<Problem[]> {
  const format = formatOf(name);
  const source = { repository: await readRepository(folder, { opa }), opa };
  refuseErrors(source);
  return checkExport(format, source, await readExport(out), shown);
}

function formatOf(name: string): ExportFormat {
  const found = EXPORTS.find((format) => format.name === name);
  if (found !== undefined) return found;
  const names = EXPORTS.map((format) => format.name);
  const near = suggest(name, names);
  const list = EXPORTS.map((format) => `${format.name}: ${format.summary}`).join('; ');
  throw new ExhibitError(
    'USAGE',
    `there is no export format ${JSON.stringify(name)}${near === undefined ? '' : `; did you mean ${near}?`}`,
    { hint: list },
  );
}

async function sourceOf(
  format: ExportFormat,
  folder: string,
  { opa, allowDirty = false, key }: ExportOptions,
): Promise<ExportSource> {
  if (format.bundle === true) {
    const sign =
      key === undefined
        ? {}
        : { sign: async (files: Files) => (await signBundle(files, key.pem, key.id)).files };
    return { ...(await readVersion(folder, { opa, allowDirty })), opa, ...sign };
  }
  if (key !== undefined)
    throw new ExhibitError('USAGE', `the form ${format.name} carries no bundle that could be signed`, {
      hint: 'Leave out --key.',
    });
  return { repository: await readRepository(folder, { opa }), opa };
}

/** What is wrong in the source would be wrong in every export of it. A rejected override is not in force anywhere. */
function refuseErrors({ repository }: ExportSource): void {
  const [first, ...more] = repository.problems.filter(
    ({ severity, rule }) => severity === 'error' && rule !== 'override',
  );
  if (first === undefined) return;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more: exhibit policy lint)`;
  throw new ExhibitError('POLICY_INVALID', `${first.message}${rest}`, { location: first.location });
}
