import type { Diagnostic, DiagnosticSeverity, Range } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Location } from '../../record/index.ts';

/** Where diagnostics say they come from. */
export const SOURCE = 'exhibit';

export const ERROR = 1 satisfies DiagnosticSeverity;
export const WARNING = 2 satisfies DiagnosticSeverity;
export const INFORMATION = 3 satisfies DiagnosticSeverity;
export const HINT = 4 satisfies DiagnosticSeverity;

/** Something that is no verdict: information at a place. */
export function note(message: string, range: Range, code: string): Diagnostic {
  return { range, severity: INFORMATION, source: SOURCE, code, message };
}

/** Longest that is underlined, in UTF-16 code units: a file may be one line of megabytes. */
const LONGEST = 200;

/** From a place to the end of what is written on its line. Without a place: the file's first character. */
export function rangeAt(text: TextDocument, { line, column }: Location): Range {
  const start = { line: Math.max(0, (line ?? 1) - 1), character: Math.max(0, (column ?? 1) - 1) };
  if (line === undefined) return { start, end: { line: 0, character: 1 } };
  const rest = text
    .getText({ start, end: { line: start.line, character: start.character + LONGEST } })
    .replace(/\s+$/, '');
  return { start, end: { line: start.line, character: start.character + Math.max(1, rest.length) } };
}
