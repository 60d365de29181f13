import { describe, expect, it } from 'vitest';
import { Machine } from './testing/program.ts';

const machine = new Machine('2026-11-26T12:00:00Z');

/** Every error of a command line has a code and says what to do next. */
describe('a command line that cannot be read', () => {
  it.each([
    [
      ['check', 'x', '--bundel', 'y'],
      /^error USAGE: unknown option '--bundel'$/m,
      /--bundle\? See exhibit check --help/,
    ],
    [
      ['check', 'x', '--bundle'],
      /^error USAGE: option '--bundle <file>' argument missing$/m,
      /exhibit check --help/,
    ],
    [['check'], /^error USAGE: missing required argument 'path'$/m, /exhibit check --help/],
    [
      ['policy', 'bild'],
      /^error USAGE: unknown command 'bild'$/m,
      /Did you mean build\? See exhibit policy --help/,
    ],
    [['help', 'chek'], /^error USAGE: unknown command 'chek'$/m, /exhibit --help/],
    [['policy', 'build', 'a', 'b'], /^error USAGE: too many arguments/m, /exhibit policy build --help/],
    [
      ['check', 'x', '--fail-on', 'hihg'],
      /^error USAGE: option '--fail-on <severity>' argument 'hihg' is invalid$/m,
      /Allowed choices are critical, high, medium, low, info, any, none\. See exhibit check --help/,
    ],
    [['policy', 'export', 'conftest'], /required option '--out <folder>' not specified/, /export --help/],
    [['check', 'x', '--max-input-size', '1 MB'], /'1 MB' is invalid$/m, /number from 1 upwards/],
    [['policy', 'test', '--coverage', 'all'], /'all' is invalid$/m, /number from 0 to 100/],
    [['policy', 'sign', '--valid-days', '0'], /'0' is invalid$/m, /number from 1 to 3650/],
  ])('%j', async (argv, message, next) => {
    const { code, stdout, stderr } = await machine.run(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^ {2}next: /m);
    expect(stderr).toMatch(next);
  });

  it('help and version are no errors', async () => {
    expect(await machine.run('policy', 'build', '--help')).toMatchObject({ code: 0, stderr: '' });
    expect(await machine.run('--version')).toMatchObject({ code: 0, stderr: '' });
    expect((await machine.run('policy')).stderr).toMatch(/^Usage: exhibit policy/);
  });
});
