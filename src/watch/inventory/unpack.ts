import { gunzipSync } from 'node:zlib';
import { ExhibitError } from '../../record/index.ts';

/**
 * Bytes as they are, or what a gzip holds.
 * @param raw attacker-controlled
 * @param most longest result in bytes
 * @throws ExhibitError INPUT_TOO_LARGE, INPUT_UNREADABLE for a gzip that is cut or damaged
 */
export function unpacked(file: string, raw: Uint8Array, most: number): Uint8Array {
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return raw;
  try {
    return gunzipSync(raw, { maxOutputLength: most });
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    const [kind, message] =
      code === 'ERR_BUFFER_TOO_LARGE'
        ? (['INPUT_TOO_LARGE', `the file is longer than ${most} bytes when it is unpacked`] as const)
        : (['INPUT_UNREADABLE', `the file cannot be read: ${String(code ?? 'it is no gzip')}`] as const);
    throw new ExhibitError(kind, message, { cause, location: { file } });
  }
}
