import { isExhibitError } from '../../record/index.ts';
import { digestOf } from '../hash.ts';
import type { Files, Problem } from '../types.ts';
import { EXPORT_FILE, type ExportManifest, manifestOf, parseManifest } from './manifest.ts';
import type { Exported, ExportFormat, ExportSource } from './types.ts';

/**
 * Whether an export folder is what the format makes of the source now. Each file that was changed by hand, is missing, was
 * added or is stale is an error of its own.
 * @param files the folder as it lies, by path below it
 * @param folder its name in messages
 */
export async function checkExport(
  format: ExportFormat,
  source: Omit<ExportSource, 'version'>,
  files: Files,
  folder: string,
): Promise<Problem[]> {
  const again = `Make it again: exhibit policy export ${format.name} --out ${folder}`;
  const error = (path: string, message: string): Problem => ({
    severity: 'error',
    rule: 'export',
    message,
    location: { file: `${folder}/${path}` },
    hint: again,
  });
  const bytes = files.get(EXPORT_FILE);
  if (bytes === undefined) return [error(EXPORT_FILE, `${folder} is no export: it holds no ${EXPORT_FILE}`)];
  let manifest: ExportManifest;
  try {
    manifest = parseManifest(bytes, `${folder}/${EXPORT_FILE}`);
  } catch (cause) {
    if (!isExhibitError(cause)) throw cause;
    return [error(EXPORT_FILE, cause.message)];
  }
  if (manifest.format !== format.name)
    return [error(EXPORT_FILE, `${folder} is an export of format ${manifest.format}, not ${format.name}`)];
  const byHand = changes(manifest, files);
  const seen = new Set(byHand.map(([path]) => path));
  const { revision, revision_time } = manifest.source;
  const version = revision === undefined ? {} : { version: { revision, revision_time: revision_time ?? 0 } };
  const full: ExportSource = { ...source, ...version };
  const made = await format.make(full);
  const old = stale(format, full, made, manifest, files).filter(([path]) => !seen.has(path));
  return [...byHand, ...old].map(([path, message]) => error(path, message));
}

type Change = [path: string, message: string];

function changes(manifest: ExportManifest, files: Files): Change[] {
  const known = Object.entries(manifest.files).flatMap(([path, digest]): Change[] => {
    const data = files.get(path);
    if (data === undefined) return [[path, 'the file is missing in the export']];
    return digestOf(data) === digest ? [] : [[path, 'the file was changed after it was exported']];
  });
  const extra = [...files.keys()]
    .filter((path) => path !== EXPORT_FILE && !Object.hasOwn(manifest.files, path))
    .map((path): Change => [path, 'the file is not part of the export']);
  return [...known, ...extra];
}

function stale(
  format: ExportFormat,
  source: ExportSource,
  made: Exported,
  manifest: ExportManifest,
  files: Files,
): Change[] {
  const exported = new Map([...files].filter(([path]) => path !== EXPORT_FILE));
  const same = format.comparable ?? ((all: Files) => all);
  const [now, then] = [same(made.files), same(exported)];
  const out: Change[] = [];
  for (const [path, data] of now) {
    const before = then.get(path);
    if (before === undefined) out.push([path, 'the export is stale: a file of it is new']);
    else if (!Buffer.from(before).equals(data))
      out.push([path, 'the export is stale: its source has changed']);
  }
  for (const path of then.keys())
    if (!now.has(path)) out.push([path, 'the export is stale: it no longer has this file']);
  const facts = ({ policies, left_out, overrides, checks }: ExportManifest) =>
    JSON.stringify({ policies, left_out, overrides, checks });
  if (out.length === 0 && facts(manifestOf(format, source, made, manifest.made_by)) !== facts(manifest))
    out.push([EXPORT_FILE, 'what the manifest says of policies and overrides is not what the source says']);
  return out;
}
