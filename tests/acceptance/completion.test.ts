import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { exhibit } from './workshop.ts';

/** What the shell's script is told for the words after `exhibit`. */
const suggestions = (...words: string[]): string[] =>
  exhibit(['complete', '--', ...words])
    .stdout.split('\n')
    .map((line) => line.split('\t')[0] ?? '')
    .filter((word) => word !== '' && !/^:\d+$/.test(word));

describe('completion', () => {
  test('knows commands, their commands, options and the values of options', () => {
    expect(suggestions('')).toEqual(expect.arrayContaining(['policy', 'check', 'query', 'verify']));
    expect(suggestions('ledger', 've')).toEqual(['verify']);
    expect(suggestions('check', '--evi')).toEqual(['--evidence']);
    expect(suggestions('check', '--layer', '')).toEqual(['pre-commit', 'ci']);
    expect(suggestions('nothing', 'like', 'it', '')).toEqual([]);
  });

  test.each(['bash', 'zsh', 'fish', 'powershell'])(
    'prints a script for %s that asks the program',
    (shell) => {
      const { code, stdout, stderr } = exhibit(['completion', shell]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/exhibit complete/);
    },
  );

  test('the script of bash is one that bash can read', () => {
    const { stdout } = exhibit(['completion', 'bash']);
    const { status, stderr } = spawnSync('bash', ['-n'], { input: stdout, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('refuses a shell that it does not know, and says which it does', () => {
    const { code, stderr } = exhibit(['completion', 'tcsh']);
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish, powershell');
  });
});
