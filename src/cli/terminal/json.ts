import { OBEYED, withoutCommands } from './text.ts';

/**
 * JSON in which no pipeline finds a command and no terminal a control character. `#` and what is escaped stand in texts only, so the
 * value is the same.
 */
export function inertJson(value: unknown, indent?: number): string {
  return withoutCommands(JSON.stringify(value, null, indent), '\\u0023').replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
