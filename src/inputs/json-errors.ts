import { type ParseError, parseTree, printParseErrorCode, visit } from 'jsonc-parser';
import { ExhibitError, type Location } from '../record/index.ts';

type Place = (offset: number) => Location;

/** Where and why JSON.parse refused a text. Called only after it did. */
export function jsonSyntaxError(text: string, place: Place, cause: unknown): ExhibitError {
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const first = errors[0];
  const code = first === undefined ? 'UnexpectedEnd' : printParseErrorCode(first.error);
  const left =
    first === undefined
      ? ''
      : text.slice(first.offset + (code.startsWith('UnexpectedEnd') ? first.length : 0));
  const truncated = left.trim() === '';
  const why = truncated ? 'it ends too early' : words(code);
  return new ExhibitError('INPUT_SYNTAX', `the file is not well-formed JSON: ${why}`, {
    cause,
    location: place(first?.offset ?? text.length),
    hint: truncated
      ? 'The file looks cut off. Look whether the command that wrote it ended well.'
      : 'JSON has no comments and no trailing commas.',
  });
}

/** The first key that an object has twice. Called only when the text has more members than the value. */
export function jsonDuplicate(text: string, place: Place): ExhibitError {
  const open: Set<string>[] = [];
  let found: { key: string; offset: number } | undefined;
  visit(text, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (key, offset) => {
      const keys = open.at(-1);
      if (found === undefined && keys?.has(key)) found = { key, offset };
      keys?.add(key);
    },
  });
  return new ExhibitError(
    'INPUT_SYNTAX',
    `the key ${JSON.stringify(found?.key ?? '')} is there twice in one object`,
    {
      location: place(found?.offset ?? 0),
      hint: 'Two readers would see two values. Keep one of them.',
    },
  );
}

/** `PropertyNameExpected` as `property name expected`. */
function words(code: string): string {
  return code.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
}
