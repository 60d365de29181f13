import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DEFAULT_LIMITS, type InputFile, type InputKind, parseInput } from '../../inputs/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { unknownPart } from './problem.ts';
import { unpacked } from './unpack.ts';

const NAMES = /\.(?:json|ndjson|jsonl)(\.gz)?$/i;
const INVENTORIES: ReadonlySet<InputKind> = new Set<InputKind>([
  'aws-config',
  'azure-resources',
  'gcp-assets',
]);

/**
 * The files of an inventory: snapshots and histories of AWS Config as it writes them, answers and items; listings of Azure and Google Cloud; also
 * gzipped. Below a folder those named `.json`, `.ndjson` and `.jsonl`, or so with `.gz`, sorted. What cannot be read, or is no inventory, is a problem of its file.
 * @param paths as the user named them
 * @param most longest file in bytes, unpacked
 */
export function* inventoryFiles(
  paths: readonly string[],
  cwd: string,
  most: number = DEFAULT_LIMITS.fileBytes,
): Generator<InputFile> {
  for (const path of paths) {
    const files = filesOf(path, cwd);
    if (files.length === 0)
      yield unknownPart(path, 'INPUT_EMPTY', 'the folder holds no file of an inventory');
    for (const file of files) yield readOne(file, resolve(cwd, file), most);
  }
}

/** @throws ExhibitError NOT_FOUND */
function filesOf(path: string, cwd: string): string[] {
  const place = resolve(cwd, path);
  const status = statSync(place, { throwIfNoEntry: false });
  if (status === undefined)
    throw new ExhibitError('NOT_FOUND', `there is no ${path}`, { location: { file: path } });
  if (!status.isDirectory()) return [path.replaceAll('\\', '/')];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && NAMES.test(each.name))
    .map((each) => join(path, each.parentPath.slice(place.length), each.name).replaceAll('\\', '/'))
    .sort();
}

function readOne(file: string, place: string, most: number): InputFile {
  try {
    const bytes = unpacked(file, readFileSync(place), most);
    return onlyInventory(parseInput(file, bytes, { fileBytes: most }));
  } catch (cause) {
    if (isExhibitError(cause)) return { file, documents: [], problems: [{ file, error: cause }] };
    const { code } = cause as { code?: unknown };
    return unknownPart(file, 'INPUT_UNREADABLE', `the file cannot be read: ${String(code)}`, { cause });
  }
}

/** A manifest or a plan says what is meant to be, not what is there: as evidence of the runtime it would mislead. */
export function onlyInventory(read: InputFile): InputFile {
  const other = read.documents.find(({ kind }) => !INVENTORIES.has(kind));
  if (other === undefined) return read;
  return unknownPart(read.file, 'INPUT_FORMAT', `the file is no inventory but of the kind ${other.kind}`, {
    hint: 'Taken are snapshots, histories and items of AWS Config, and listings of Azure and Google Cloud. exhibit check judges the others.',
  });
}
