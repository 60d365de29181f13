import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseOwnRules, resolveConfig } from './config.ts';
import { readState, writeState } from './state.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'exhibit-config-'));

describe('settings', () => {
  it('a flag beats a variable beats the file, and each says whence it came', () => {
    const cwd = folder();
    mkdirSync(join(cwd, '.git'));
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, '.exhibit.yaml'), 'bundle: b.tar.gz\nfail_on: low\n');
    const config = resolveConfig({ layer: 'ci' }, { cwd: join(cwd, 'sub'), env: { EXHIBIT_FAIL_ON: 'any' } });
    expect(config).toEqual({
      bundle: { value: join(cwd, 'b.tar.gz'), origin: 'file', from: join(cwd, '.exhibit.yaml') },
      layer: { value: 'ci', origin: 'flag', from: '--layer' },
      fail_on: { value: 'any', origin: 'environment', from: 'EXHIBIT_FAIL_ON' },
    });
  });

  it('does not look above the root of the checkout', () => {
    const cwd = folder();
    writeFileSync(join(cwd, '.exhibit.yaml'), 'fail_on: low\n');
    mkdirSync(join(cwd, 'repo', '.git'), { recursive: true });
    expect(resolveConfig({}, { cwd: join(cwd, 'repo'), env: {} })).toEqual({});
    // Without a checkout, a folder above may be anybody's.
    mkdirSync(join(cwd, 'job'));
    expect(resolveConfig({}, { cwd: join(cwd, 'job'), env: {} })).toEqual({});
    expect(resolveConfig({}, { cwd, env: {} }).fail_on?.value).toBe('low');
  });

  it.each([
    ['unknown key', 'bundel: x\n', /Unrecognized key/],
    ['wrong value', 'fail_on: prod\n', /fail_on: Invalid option/],
    [
      'a weaker threshold, since the file lies in what is judged',
      'fail_on: none\n',
      /fail_on: Invalid option/,
    ],
    ['another layer', 'layer: pre-commit\n', /Unrecognized key/],
    ['broken YAML', 'fail_on: [ci\n', /./],
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
  it('keeps state between processes, and does not take a damaged file for nothing remembered', () => {
    const env = { EXHIBIT_STATE: folder() };
    expect(readState(env).bundles).toEqual({});
    expect(
      writeState(env, (state) => ({ ...state, bundles: { starter: { revision_time: 5, digest: 'd' } } })),
    ).toBe(true);
    expect(readState(env).bundles).toEqual({ starter: { revision_time: 5, digest: 'd' } });
    writeFileSync(join(env.EXHIBIT_STATE, 'state.json'), '{');
    expect(() => readState(env)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        location: { file: join(env.EXHIBIT_STATE, 'state.json') },
      }),
    );
  });

  it('says when it cannot remember', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(writeState({ EXHIBIT_STATE: join(file, 'below') }, (state) => state)).toBe(false);
  });
});

describe('a pipeline', () => {
  const pipeline = { CI: 'true' };
  const of = (text: string, env: Record<string, string>, flags = {}) => {
    const cwd = folder();
    writeFileSync(join(cwd, '.exhibit.yaml'), text);
    return () => refuseOwnRules(resolveConfig(flags, { cwd, env }), { env });
  };
  const keys = { EXHIBIT_BUNDLE_KEYS: '/etc/exhibit/bundle.pub.pem' };

  it.each([
    ['a key that the checkout names', of('bundle_keys: [k.pem]\n', pipeline), /bundle_keys/],
    ['the key that lies in the working folder', of('', pipeline), /key of the bundle must be named/],
    ['another place for the evidence', of('evidence: e\n', { ...pipeline, ...keys }), /evidence/],
    ['values that nobody deploys', of('helm_values: [v.yaml]\n', { ...pipeline, ...keys }), /helm_values/],
    ['another emitter', of('emitter: other\n', { ...pipeline, ...keys }), /emitter/],
  ])('does not take from what is judged: %s', (_, work, message) => {
    expect(work).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('takes them from flags and variables, and a developer’s machine takes the file', () => {
    expect(of('bundle: b.tar.gz\nfail_on: low\n', { ...pipeline, ...keys })).not.toThrow();
    expect(of('evidence: e\n', { ...pipeline, ...keys }, { evidence: '/var/evidence' })).not.toThrow();
    expect(of('bundle_keys: [k.pem]\nevidence: e\n', {})).not.toThrow();
    expect(of('bundle_keys: [k.pem]\n', { CI: 'false' })).not.toThrow();
  });
});
