import type { Marks } from './redact-marks.ts';
import { isObject, own } from './redact-marks.ts';
import { nameKind } from './redact-names.ts';

/** Marks the values of ENV, LABEL and ARG whose names say that they are secret, in a Dockerfile as its reader gives it. */
export function markDockerfile(value: unknown, marks: Marks): void {
  const [instructions] = Array.isArray(value) && value.length === 1 ? value : [];
  if (!Array.isArray(instructions)) return;
  instructions.forEach((instruction: unknown, i) => {
    const command = own(instruction, 'Cmd');
    const words = own(instruction, 'Value');
    if (!isObject(instruction) || !Array.isArray(words)) return;
    const mark = (at: number) => marks.down(0).down(i).down('Value').down(at).set('credential-shape');
    if (command === 'env' || command === 'label') {
      for (let at = 0; at + 1 < words.length; at += 3)
        if (isSecret(words[at]) && isWritten(words[at + 1])) mark(at + 1);
    } else if (command === 'arg')
      words.forEach((word: unknown, at) => {
        const [name = '', ...rest] = typeof word === 'string' ? word.split('=') : [];
        if (isSecret(name) && isWritten(rest.join('='))) mark(at);
      });
  });
}

function isSecret(name: unknown): boolean {
  const kind = typeof name === 'string' ? nameKind(name) : undefined;
  return kind === 'password' || kind === 'secret';
}

const isWritten = (text: unknown): boolean =>
  typeof text === 'string' && text !== '' && !/^["']?\$/.test(text);
