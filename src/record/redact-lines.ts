import { nameKind } from './redact-names.ts';

/** `name: value` of YAML and `NAME=value` of shells and settings. Names are short, so a line takes linear time. */
const ASSIGNED =
  /^[ \t]{0,200}(?:-[ \t]{1,8})?(?:export[ \t]{1,8}|ENV[ \t]{1,8})?["']?([A-Za-z_][\w.-]{0,127})["']?[ \t]{0,8}([:=])(?:[ \t]{1,200}|(?=\S)|$)(.*)$/;
/** Nothing, a boolean, or what stands for a value that comes from elsewhere: `$DB`, `{{ .Values.x }}`, `<password>`. */
const NO_VALUE = /^["']?(?:$|["']|[$<*&!{[%]|true\b|false\b|null\b|~|#|yes$|no$)/;
const BLOCK = /^[|>][-+\d]{0,2}$/;
const LONGEST_LINE = 4_096;

/**
 * True for a text in which a line gives a value to the name of a secret, or which holds the YAML of a Kubernetes Secret.
 * Looks at lines: the text may be a script, settings or YAML with templates in it, which no parser takes.
 * @param text attacker-controlled
 */
export function assignsSecret(text: string): boolean {
  if (!/[=\n]/.test(text)) return false;
  const lines = text.split(/\r?\n/);
  let kind = false;
  let data = false;
  for (const [at, line] of lines.entries()) {
    if (line.length > LONGEST_LINE) continue;
    if (/^---/.test(line)) kind = data = false;
    const [, name, sign, rest = ''] = ASSIGNED.exec(line) ?? [];
    if (name === undefined) continue;
    const value = rest.trim();
    kind ||= name === 'kind' && /^["']?Secret["']?$/.test(value);
    data ||= /^(?:data|stringData|binaryData)$/.test(name) && sign === ':';
    if (kind && data) return true;
    // One line of prose may hold `token: ...`; that is left to the shapes.
    if (sign === ':' && lines.length === 1) continue;
    const secret = nameKind(name);
    if (secret === undefined || secret === 'maybe') continue;
    if (value === '' || BLOCK.test(value)) {
      if (sign === ':' && holdsScalar(line, lines[at + 1] ?? '', value !== '')) return true;
    } else if (!NO_VALUE.test(value) && (secret === 'password' || !/^["']?[\d.]+["']?$/.test(value)))
      return true;
  }
  return false;
}

/** True where the next line belongs to a name, and is a text instead of a mapping or a list. */
function holdsScalar(line: string, next: string, block: boolean): boolean {
  const indent = (text: string) => text.length - text.trimStart().length;
  if (next.trim() === '' || next.length > LONGEST_LINE || indent(next) <= indent(line)) return false;
  return block || !(/^[ \t]*-(?:[ \t]|$)/.test(next) || ASSIGNED.test(next) || NO_VALUE.test(next.trim()));
}

/** Text in UTF-8, maybe cut: what the first bytes of most words that only use the alphabet of base64 are not. */
const BEGINS_TEXT =
  /^(?:[\t\n\r\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})*(?:[\xc2-\xf4][\x80-\xbf]{0,2})?$/;
/** Characters of base64 that are decoded before the rest is: a multiple of four. */
const FIRST = 16;

/** The text in a base64 (RFC 4648 section 4 or 5), or undefined where there is none. */
export function decodedText(text: string): string | undefined {
  if (text.length < FIRST || !/^[A-Za-z0-9+/_-][A-Za-z0-9+/_\s-]*={0,2}\s*$/.test(text)) return undefined;
  const plain = (part: string) => part.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const begin = plain(text.slice(0, FIRST)).replace(/=+$/, '');
  // Failing costs an exception, and most names look like base64.
  if (!BEGINS_TEXT.test(atob(begin.slice(0, begin.length - (begin.length % 4))))) return undefined;
  try {
    const binary = atob(plain(text));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
