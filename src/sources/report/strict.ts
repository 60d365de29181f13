import { ExhibitError, MAX_DEPTH } from '../../record/index.ts';

const STRICT = new TextDecoder('utf-8', { fatal: true });

/** @throws ExhibitError INPUT_ENCODING */
export function strictText(bytes: Uint8Array, file: string): string {
  try {
    return STRICT.decode(bytes);
  } catch (cause) {
    throw new ExhibitError('INPUT_ENCODING', 'the report is not well-formed UTF-8', {
      cause,
      location: { file },
      hint: 'Save it as UTF-8.',
    });
  }
}

export function tooLong(file: string, line: number, size: number, limit: number): ExhibitError {
  return new ExhibitError('INPUT_TOO_LARGE', `a value of ${size} bytes is over the limit of ${limit} bytes`, {
    location: { file, line },
    hint: 'Split the report, for example by account or by folder.',
  });
}

/** @throws ExhibitError INPUT_SYNTAX, INPUT_TOO_LARGE for one that is nested too deep */
export function parseStrict(text: string, file: string, line: number): unknown {
  const value = parseText(text, file, line);
  if (isDeeper(value, MAX_DEPTH)) throw tooDeep(file, line);
  return value;
}

/** The value of a JSON text, however deep it is. @throws ExhibitError INPUT_SYNTAX */
export function parseText(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ExhibitError(
      'INPUT_SYNTAX',
      `not well-formed JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : ''}`,
      {
        cause,
        location: { file, line },
        hint: 'The report may have been cut off. Run the tool again; what stands before this place was read.',
      },
    );
  }
}

export const tooDeep = (file: string, line: number) =>
  new ExhibitError('INPUT_TOO_LARGE', `nested deeper than ${MAX_DEPTH}`, { location: { file, line } });

/** Without recursion: the value is as deep as somebody liked. */
function isDeeper(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    const next: unknown[] = [];
    for (const each of level)
      if (typeof each === 'object' && each !== null)
        for (const inner of Array.isArray(each) ? each : Object.values(each))
          if (typeof inner === 'object' && inner !== null) next.push(inner);
    level = next;
  }
  return false;
}
