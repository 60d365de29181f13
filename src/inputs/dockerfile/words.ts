import { goTrim, isSpace } from './text.ts';

/**
 * Words of a line with their quotes and escapes kept; a space within quotes is none that parts them.
 * @see BuildKit, frontend/dockerfile/parser/line_parsers.go, parseWords
 */
export function quotedWords(text: string, mark: string): string[] {
  const words: string[] = [];
  const chars = [...text];
  let word = '';
  let open = false;
  let quote = '';
  for (let i = 0; i < chars.length; i += 1) {
    const char = chars[i] ?? '';
    if (quote === '' && isSpace(char)) {
      if (open) words.push(word);
      word = '';
      open = false;
      continue;
    }
    if (char === mark && quote !== "'") {
      // At the end of the line it says nothing.
      if (i + 1 === chars.length) break;
      word += char + (chars[i + 1] ?? '');
      open = true;
      i += 1;
      continue;
    }
    if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    word += char;
    open = true;
  }
  if (open) words.push(word);
  return words;
}

/** Flags (`--from=build`) at the start of an instruction's text, and where the rest begins. Quotes in them are taken away. */
export function flagsOf(text: string, mark: string): { flags: string[]; rest: number } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text.charAt(at))) at += 1;
    if (!text.startsWith('--', at)) return { flags, rest: at };
    let word = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const char = text.charAt(at);
      if (quote === '' && isSpace(char)) break;
      if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === quote) quote = '';
      else if (char === mark) {
        at += 1;
        word += text.charAt(at);
      } else word += char;
    }
    if (word === '--') return { flags, rest: at };
    flags.push(word);
  }
}

/** Words as parted by blanks only, as in FROM and COPY. */
export function plainWords(text: string): string[] | null {
  return text === '' ? null : text.split(/[\t\v\f\r ]+/);
}

/** Words of a joined line that open a here-document: `<<EOF`, `<<-"EOF"`, `3<<EOF`. */
export function heredocWords(
  line: string,
  mark: string,
): { name: string; expand: boolean; chomp: boolean }[] {
  if (!line.includes('<<')) return [];
  return quotedWords(goTrim(line), mark).flatMap((word) => {
    const [, , dash = '', rest = ''] = /^(\d*)<<(-?)\s*([^<]*)$/.exec(word) ?? [];
    if (rest === '') return [];
    const name = rest.replaceAll(/["']/g, '');
    return name === '' ? [] : [{ name, expand: name === rest, chomp: dash === '-' }];
  });
}
