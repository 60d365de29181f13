import { MAX_DEPTH } from './canonical.ts';
import { isObject, type Marks } from './redact-marks.ts';
import { nameKind } from './redact-names.ts';

/** Programs that take their password attached to `-p`; elsewhere that is a port, a path or a profile. */
const ATTACHED = /(?:^|[/\\])(?:mysql\w{0,20}|mariadb[\w-]{0,20}|sshpass)$/;
/** Programs with short flags whose next word is a password, or has one behind a colon. */
const SHORT: readonly { program: RegExp; flag: RegExp; value: RegExp }[] = [
  { program: /(?:^|[/\\])curl$/, flag: /^(?:-[uU]|--user|--proxy-user)$/, value: /^[^$].*:./ },
  { program: /(?:^|[/\\])redis-cli$/, flag: /^(?:-a|--pass)$/, value: /^[^-$]/ },
  { program: /(?:^|[/\\])mongo\w{0,20}$/, flag: /^-p$/, value: /^[^-$]/ },
];
const FLAG = /^--?([A-Za-z][\w.-]{0,127})$/;
/** Members in which one command line may be spread. */
const PARTS = ['command', 'args', 'entryPoint', 'entrypoint', 'cmd', 'arguments'];

/** Marks the secrets of command lines that are lists: `["--password", "x"]`, `["mysql", "-px"]`. */
export function markArguments(value: unknown, marks: Marks, client = false, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    const attached = client || value.some(isClient);
    const short = SHORT.filter(({ program }) => value.some((word) => isWord(word) && program.test(word)));
    value.forEach((item: unknown, index) => {
      if (typeof item !== 'string') {
        if (typeof item === 'object' && item !== null)
          markArguments(item, marks.down(index), false, depth + 1);
      } else if (
        isValueOfFlag(value[index - 1], item) ||
        (attached && /^-p./.test(item)) ||
        short.some(
          ({ flag, value: of }) => isWord(value[index - 1]) && flag.test(value[index - 1]) && of.test(item),
        )
      )
        marks.down(index).set('credential-shape');
    });
    return;
  }
  const node = value as Record<string, unknown>;
  const clients = PARTS.some((part) => Object.hasOwn(node, part) && [node[part]].flat().some(isClient));
  for (const key of Object.keys(node)) {
    const inner = node[key];
    if (isObject(inner) || Array.isArray(inner))
      markArguments(inner, marks.down(key), clients && PARTS.includes(key), depth + 1);
  }
}

const isWord = (word: unknown): word is string => typeof word === 'string' && word.length <= 1_024;
const isClient = (word: unknown): boolean => isWord(word) && ATTACHED.test(word);

function isValueOfFlag(before: unknown, item: string): boolean {
  if (typeof before !== 'string' || item === '' || /^[-$]/.test(item)) return false;
  const kind = nameKind(FLAG.exec(before)?.[1] ?? '');
  return kind === 'password' || kind === 'secret';
}
