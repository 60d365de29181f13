import { ExhibitError } from '../record/index.ts';

/**
 * The text of a file: UTF-8 with or without byte order mark, UTF-16 with one (as PowerShell's `>` writes it).
 * @param bytes attacker-controlled
 * @throws ExhibitError INPUT_ENCODING, INPUT_EMPTY
 */
export function decodeText(file: string, bytes: Uint8Array): string {
  if (bytes.length === 0) throw empty(file);
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ExhibitError('INPUT_ENCODING', `the file is not well-formed ${encoding.toUpperCase()}`, {
      cause,
      location: { file },
      hint: 'Save it as UTF-8. A binary plan must be printed first: terraform show -json FILE.',
    });
  }
  if (text.includes('\0')) {
    throw new ExhibitError(
      'INPUT_ENCODING',
      'the file holds a NUL character: it is binary, or UTF-16 without a mark',
      {
        location: { file },
        hint: 'Save it as UTF-8. A binary plan must be printed first: terraform show -json FILE.',
      },
    );
  }
  if (text.trim() === '') throw empty(file);
  return text;
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function empty(file: string): ExhibitError {
  return new ExhibitError('INPUT_EMPTY', 'the file is empty', {
    location: { file },
    hint: 'An empty file is not a pass. Remove it, or look why what wrote it wrote nothing.',
  });
}
