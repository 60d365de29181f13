import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const file = (Cmd: string, Value: string[]) => [
  [{ Cmd, SubCmd: '', JSON: false, Flags: [], Value, Stage: 0 }],
];
const values = (value: unknown) => (redact(value).value as { Value: string[] }[][])[0]?.[0]?.Value;

describe('a Dockerfile', () => {
  it('is stored without the secrets that its variables hold', () => {
    expect(values(file('env', ['A', 'b', '=', 'DB_PASSWORD', 'correct-horse', '=']))).toEqual([
      'A',
      'b',
      '=',
      'DB_PASSWORD',
      '[redacted]',
      '=',
    ]);
    expect(values(file('arg', ['NPM_TOKEN=hunter22', 'B=1']))).toEqual(['[redacted]', 'B=1']);
    expect(values(file('env', ['DB_PASSWORD', '$X', '=']))).toEqual(['DB_PASSWORD', '$X', '=']);
    expect(values(file('arg', ['NPM_TOKEN']))).toEqual(['NPM_TOKEN']);
  });
});
