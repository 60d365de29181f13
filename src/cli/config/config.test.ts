import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from './config.ts';
import { readState, writeState } from './state.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'exhibit-config-'));

describe('settings', () => {
  it('a flag beats a variable beats the file, and each says whence it came', () => {
    const cwd = folder();
    mkdirSync(join(cwd, '.git'));
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, '.exhibit.yaml'), 'bundle: b.tar.gz\nlayer: pre-commit\nfail_on: low\n');
    const config = resolveConfig({ layer: 'ci' }, { cwd: join(cwd, 'sub'), env: { EXHIBIT_FAIL_ON: 'any' } });
    expect(config).toEqual({
      bundle: { value: join(cwd, 'b.tar.gz'), origin: 'file', from: join(cwd, '.exhibit.yaml') },
      layer: { value: 'ci', origin: 'flag', from: '--layer' },
      fail_on: { value: 'any', origin: 'environment', from: 'EXHIBIT_FAIL_ON' },
    });
  });

  it('does not look above the root of the checkout', () => {
    const cwd = folder();
    writeFileSync(join(cwd, '.exhibit.yaml'), 'layer: ci\n');
    mkdirSync(join(cwd, 'repo', '.git'), { recursive: true });
    expect(resolveConfig({}, { cwd: join(cwd, 'repo'), env: {} })).toEqual({});
  });

  it.each([
    ['unknown key', 'bundel: x\n', /Unrecognized key/],
    ['wrong value', 'layer: prod\n', /layer: Invalid option/],
    ['broken YAML', 'layer: [ci\n', /./],
  ])('refuses %s and names the file', (_, text, message) => {
    const cwd = folder();
    writeFileSync(join(cwd, '.exhibit.yaml'), text);
    expect(() => resolveConfig({}, { cwd, env: {} })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(message),
        location: expect.objectContaining({ file: join(cwd, '.exhibit.yaml') }),
      }),
    );
  });

  it('names the variable whose value is wrong', () => {
    expect(() => resolveConfig({}, { cwd: folder(), env: { EXHIBIT_LAYER: 'prod' } })).toThrow(
      /EXHIBIT_LAYER/,
    );
  });
});

describe('what this machine remembers', () => {
  it('keeps state between processes and starts empty from a damaged file', () => {
    const env = { EXHIBIT_STATE: folder() };
    expect(readState(env).bundles).toEqual({});
    expect(
      writeState(env, (state) => ({ ...state, bundles: { starter: { revision_time: 5, digest: 'd' } } })),
    ).toBe(true);
    expect(readState(env).bundles).toEqual({ starter: { revision_time: 5, digest: 'd' } });
    writeFileSync(join(env.EXHIBIT_STATE, 'state.json'), '{');
    expect(readState(env)).toEqual({ bundles: {}, checkpoints: {} });
  });

  it('says when it cannot remember', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(writeState({ EXHIBIT_STATE: join(file, 'below') }, (state) => state)).toBe(false);
  });
});
