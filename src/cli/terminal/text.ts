/**
 * Text that came from outside (file names, messages), made safe for a terminal and for the log of a pipeline: control
 * characters, line breaks and the characters that change the direction of text are shown as escapes, and so is one character
 * of what GitHub Actions (`::name`, `##[name]`) or Azure Pipelines (`##vso[`) would take for a command.
 * @param value attacker-controlled
 */
export function printable(value: string): string {
  const shown = value.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) as number;
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    if (code > 0xffff) return `\\u{${code.toString(16)}}`;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return shown.replace(COLONS, '$1:\\x3a').replace(HASHES, '#\\x23');
}

/** A runner looks at the beginning of a line, behind spaces; where a text comes to stand is not known here. */
const COLONS = /(^|\s)::(?=[A-Za-z])/g;
/** These count anywhere in a line. */
const HASHES = /##(?=[A-Za-z]{0,20}\[)/g;

/** The second `#` of what a pipeline would take for a command written as `by`: for formats with escapes of their own. */
export function withoutCommands(text: string, by: string): string {
  return text.replace(HASHES, () => `#${by}`);
}

/** What a terminal would obey or show in another order; line breaks are left to whoever writes them. For formats with escapes of their own. */
export const OBEYED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

// C0, DEL, C1, zero-width, bidirectional and other format characters, line and paragraph separators, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Breaks text into lines of at most `width` columns, at spaces where there are any; nothing is cut off. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    for (const piece of pieces(word, width)) {
      if (line === '') line = piece;
      else if (line.length + 1 + piece.length <= width) line += ` ${piece}`;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const out: string[] = [];
  for (let at = 0; at < word.length; ) {
    let end = at + width;
    // No line begins with `::`, which a pipeline takes for a command.
    while (word.startsWith('::', end) && end > at + 1) end -= 1;
    out.push(word.slice(at, end));
    at = end;
  }
  return out;
}

/** Rows as columns, two spaces apart; the last column is not padded. Cells are made printable. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const safe = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of safe) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return safe.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
