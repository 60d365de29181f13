import { formatZip, lineOf, listFiles, type PackFile } from '../../../verify/index.ts';
import { nodeCrypto } from '../../../verify/node.ts';

/** A pack with files changed or left out, its lists made anew: consistent in itself. */
export function remake(
  files: readonly PackFile[],
  change: (file: PackFile) => PackFile | undefined,
): Uint8Array {
  const own = files.find(({ path: name }) => name === 'pack.json');
  const contents = JSON.parse(Buffer.from(own?.bytes ?? []).toString());
  const { schema: _, files: __, ...about } = contents;
  const kept = files
    .filter(({ path: name }) => name !== 'pack.json' && name !== 'SHA256SUMS')
    .map(change)
    .filter((file) => file !== undefined);
  const lines = kept.map((file) => lineOf(file, nodeCrypto.sha256));
  return formatZip([...kept, ...listFiles(about, lines, nodeCrypto.sha256)]);
}
