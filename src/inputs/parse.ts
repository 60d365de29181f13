import { createHash } from 'node:crypto';
import { ExhibitError, formatDigest, isExhibitError } from '../record/index.ts';
import { FORMATS } from './formats.ts';
import { DEFAULT_LIMITS, HEAP_A_BYTE, MOST_FOR_HEAP, withDefaults } from './limits.ts';
import { makeSource, type Part } from './source.ts';
import { decodeText } from './text.ts';
import type { InputDocument, InputFile, InputLimits, SourceReader } from './types.ts';

/**
 * What is to be judged in one file. Never throws for what the bytes are: that is a problem of the file.
 * @param file its name, for locations; attacker-controlled
 * @param bytes attacker-controlled
 * @param beside reads the source files beside it, for positions in the `.tf` files of a plan
 */
export function parseInput(
  file: string,
  bytes: Uint8Array,
  limits: Partial<InputLimits> = {},
  beside?: SourceReader,
): InputFile {
  const all = withDefaults(limits);
  try {
    if (bytes.length > all.fileBytes) throw tooLarge(file, bytes.length, all.fileBytes);
    const asked = new Set<string>();
    const { found, missing } = parts(file, bytes, all, beside && noting(beside, asked));
    const problems = missing.map((error) => ({ file, error }));
    return { file, documents: documentsOf(file, bytes, found, asked), problems };
  } catch (error) {
    return { file, documents: [], problems: [{ file, error: asProblem(file, error) }] };
  }
}

function parts(
  file: string,
  bytes: Uint8Array,
  limits: InputLimits,
  beside: SourceReader | undefined,
): { found: Part[]; missing: ExhibitError[] } {
  const source = makeSource(file, decodeText(file, bytes), limits, beside);
  const format = FORMATS.find((one) => one.detect(source));
  if (format === undefined) {
    throw new ExhibitError('INPUT_FORMAT', 'the file is of a kind that is not judged', {
      location: { file },
      hint: 'docs/reference/inputs.md lists what is judged. Name a file .json or .yaml by what it holds.',
    });
  }
  const found = format.parse(source);
  const missing = found.flatMap((part) => [...(part.missing ?? []), ...(format.incomplete?.(part) ?? [])]);
  if (found.length > 0) return { found, missing };
  throw new ExhibitError('INPUT_EMPTY', 'the file holds no document', {
    location: { file },
    hint: 'Only comments, empty documents or an empty List. That is not a pass.',
  });
}

/** Remembers which files are read beside the one at hand. Positions are looked for later, and by names that are listed. */
function noting(beside: SourceReader, asked: Set<string>): SourceReader {
  return {
    list: (folder) => beside.list(folder),
    read(file) {
      asked.add(file);
      return beside.read(file);
    },
  };
}

function documentsOf(
  file: string,
  bytes: Uint8Array,
  found: Part[],
  asked: ReadonlySet<string>,
): InputDocument[] {
  const raw_digest = formatDigest(createHash('sha256').update(bytes).digest());
  const made = asked.size === 0 ? {} : { madeOf: [...asked] };
  return found.map(({ missing: _, ...part }, index) => ({ ...part, file, index, raw_digest, ...made }));
}

export function tooLarge(file: string, size: number, limit: number): ExhibitError {
  const heap = Math.ceil((size * HEAP_A_BYTE) / 2 ** 20);
  const hint =
    size > MOST_FOR_HEAP
      ? `A file is judged in memory, and needs up to ${HEAP_A_BYTE} times its size. Split it, or give Node more: NODE_OPTIONS=--max-old-space-size=${heap}${size > DEFAULT_LIMITS.fileBytes ? `, and --max-input-size ${size}` : ''}.`
      : `Raise the limit with --max-input-size, such as --max-input-size ${size}. A large file is judged in memory, and needs up to ${HEAP_A_BYTE} times its size.`;
  return new ExhibitError('INPUT_TOO_LARGE', `the file has ${size} bytes; ${limit} is the most`, {
    location: { file },
    hint,
  });
}

/** Any error as one of ours. What is not one is a defect: it is reported, and it still ends in "not judged". */
export function asProblem(file: string, error: unknown): ExhibitError {
  if (isExhibitError(error)) return error;
  return new ExhibitError(
    'INTERNAL',
    `reading the file failed: ${error instanceof Error ? error.message : 'unknown'}`,
    {
      cause: error,
      location: { file },
      hint: 'Please report it with the file, or a part of it that shows the same.',
    },
  );
}
