import { isObject } from './source.ts';

/** A Cedar entity: `type` with its namespaces, such as `Shop::User`, and `id`, any text. */
export interface CedarReference {
  type: string;
  id: string;
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*';
const TYPE = new RegExp(`^${NAME}$`);
const TEXT = new RegExp(`^(${NAME})::"((?:[^"\\\\]|\\\\[\\s\\S])*)"$`);
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  '0': '\0',
  "'": "'",
  '"': '"',
};

/**
 * An entity in one of the forms that Cedar's tools write: `{type, id}`, `{__entity: {type, id}}` or `Type::"id"`.
 * @returns undefined for anything else: a further field, a type that is no name, an escape that Cedar does not know
 */
export function cedarReference(value: unknown): CedarReference | undefined {
  if (typeof value === 'string') return ofText(value);
  if (!isObject(value)) return undefined;
  const keys = Object.keys(value);
  if (keys.length === 1 && Object.hasOwn(value, '__entity'))
    return isObject(value.__entity) && !Object.hasOwn(value.__entity, '__entity')
      ? cedarReference(value.__entity)
      : undefined;
  const { type, id } = value;
  if (keys.length !== 2 || typeof type !== 'string' || typeof id !== 'string') return undefined;
  return TYPE.test(type) ? { type, id } : undefined;
}

/** As Cedar writes it: `Shop::User::"ada"`, with what does not print escaped. */
export function formatCedarReference({ type, id }: CedarReference): string {
  const text = id.replace(/["\\\p{C}]/gu, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `${type}::"${text}"`;
}

function ofText(text: string): CedarReference | undefined {
  const [, type = '', quoted = ''] = TEXT.exec(text) ?? [];
  if (type === '') return undefined;
  let known = true;
  const id = quoted.replace(
    /\\(?:u\{([0-9A-Fa-f]{1,6})\}|x([0-7][0-9A-Fa-f])|([\s\S]))/g,
    (_all, unicode, byte, simple) => {
      const code = Number.parseInt(unicode ?? byte ?? '', 16);
      if (simple === undefined && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff))
        return String.fromCodePoint(code);
      const found = ESCAPES[simple ?? ''];
      known &&= found !== undefined;
      return found ?? '';
    },
  );
  return known ? { type, id } : undefined;
}
