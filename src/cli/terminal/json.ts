import { withoutCommands } from './text.ts';

/** JSON in which no pipeline finds a command; `#` stands in texts only, so its escape is the same value. */
export function inertJson(value: unknown, indent?: number): string {
  return withoutCommands(JSON.stringify(value, null, indent), '\\u0023');
}
