import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, exhibit, ROOT, temporary, type Workshop, workshop } from './workshop.ts';

let shop: Workshop;
beforeAll(() => {
  shop = workshop();
});

const GOOD = readFileSync(join(ROOT, 'examples', 'shop', 'k8s-fixed', 'shop.yaml'), 'utf8');

/** Judges a folder with one good manifest and one bad thing: the good one must still be judged. */
function judge(make: (folder: string) => void, ...by: string[]) {
  const folder = temporary('bad');
  writeFileSync(join(folder, 'good.yaml'), GOOD);
  make(folder);
  const { code, stdout, stderr } = exhibit(['check', folder, ...shop.flags, '-o', 'json'], { by });
  const { results, summary } = JSON.parse(stdout) as {
    results: {
      policy_id: string;
      verdict: string;
      message?: string;
      fix?: string;
      file?: string;
      line?: number;
    }[];
    summary: { pass: number };
  };
  return { code, stderr, summary, unread: results.filter((result) => result.policy_id === 'exhibit/input') };
}

const file = (name: string, content: string | Buffer) => (folder: string) =>
  writeFileSync(join(folder, name), content);
const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
  .split('')
  .map((c, i) => `${c}: &${c} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(', ')}]`)
  .join('\n')}\n`;

describe('bad input: a clear error, exit 3, and everything else is still judged', () => {
  it.each<[string, (folder: string) => void, RegExp]>([
    ['an empty file', file('bad.yaml', ''), /INPUT_EMPTY/],
    ['truncated JSON', file('bad.json', '{"kind": "Pod", "spec": {'), /INPUT_SYNTAX/],
    ['duplicate YAML keys', file('bad.yaml', 'kind: Pod\nkind: Deployment\n'), /INPUT_SYNTAX.*kind/s],
    ['duplicate JSON keys', file('bad.json', '{"kind":"Pod","kind":"Deployment"}'), /INPUT_SYNTAX.*kind/s],
    ['a YAML bomb', file('bad.yaml', bomb), /INPUT_TOO_LARGE/],
    [
      'a plan of an unknown format',
      file('bad.json', '{"format_version":"9.0","resource_changes":[]}'),
      /INPUT_FORMAT.*9\.0/s,
    ],
    ['a binary file', file('bad.yaml', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3])), /INPUT_ENCODING/],
    ['invalid UTF-8', file('bad.yaml', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x0a])), /INPUT_ENCODING/],
    [
      'a symlink loop',
      (folder) => symlinkSync(join(folder, 'loop.yaml'), join(folder, 'loop.yaml')),
      /INPUT_UNREADABLE/,
    ],
  ])('%s', (_, make, message) => {
    const { code, summary, unread } = judge(make);
    expect(code).toBe(3);
    expect(unread).toHaveLength(1);
    expect(unread[0]?.verdict).toBe('not_evaluated');
    expect(unread[0]?.message).toMatch(message);
    expect(summary.pass).toBeGreaterThan(0);
  });

  it('a file of 200 MB is refused by its size, unread, with the flag that raises the limit', () => {
    const { code, unread } = judge((folder) => {
      writeFileSync(join(folder, 'plan.json'), '{');
      truncateSync(join(folder, 'plan.json'), 200 * 1024 * 1024);
    });
    expect(code).toBe(3);
    expect(unread[0]?.message).toMatch(/INPUT_TOO_LARGE/);
    expect(unread[0]?.fix).toMatch(/--max-input-size/);
  });

  it('a file that would fill the memory is refused before it is read, whatever the limit', () => {
    const folder = temporary('large');
    writeFileSync(join(folder, 'plan.json'), '{');
    truncateSync(join(folder, 'plan.json'), 60 * 1024 * 1024);
    const { code, stdout } = exhibit(
      ['check', folder, ...shop.flags, '-o', 'plain', '--max-input-size', '100000000'],
      { env: { NODE_OPTIONS: '--max-old-space-size=300' } },
    );
    expect(code).toBe(3);
    expect(stdout).toMatch(/INPUT_TOO_LARGE/);
    expect(stdout).toMatch(/NODE_OPTIONS=--max-old-space-size=\d+/);
  });

  // The superuser reads everything, unless that right is taken from it.
  const plainly =
    process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
  it('an unreadable file', () => {
    const { code, unread } = judge(
      (folder) => {
        writeFileSync(join(folder, 'bad.yaml'), GOOD);
        chmodSync(join(folder, 'bad.yaml'), 0);
      },
      ...plainly,
    );
    expect(code).toBe(3);
    expect(unread[0]?.message).toMatch(/INPUT_UNREADABLE/);
  });

  it('an empty folder', () => {
    const empty = temporary('empty');
    const ended = exhibit(['check', empty, ...shop.flags, '-o', 'plain']);
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/INPUT_EMPTY/);
  });

  it('a file name with a line break and %0A stays one line of output', () => {
    const folder = temporary('names');
    const name = 'a\n::error::%0A.yaml';
    writeFileSync(join(folder, name), readFileSync(join(ROOT, 'examples', 'shop', 'k8s', 'shop.yaml')));
    const { code, stdout } = exhibit(['check', folder, ...shop.flags, '-o', 'plain']);
    expect(code).toBe(1);
    expect(stdout.split('\n').filter((line) => line.startsWith('::error'))).toEqual([]);
    expect(stdout).toContain('a\\n::error::%0A.yaml:24:13: fail');
  });
});

describe('a bundle that does not verify is not used', () => {
  const refused = (bundle: string, key: string, env: Record<string, string> = {}) => {
    const ended = exhibit(
      ['check', 'examples/shop/k8s', '--bundle', bundle, '--bundle-key', key, '-o', 'json'],
      { env },
    );
    expect(ended.stdout).toBe('');
    expect(ended.code).toBe(3);
    return ended.stderr;
  };

  it('with one byte changed, anywhere', () => {
    const tar = gunzipSync(readFileSync(shop.bundle));
    for (const needle of ['privileged', 'exhibit.control-map/1', '"roots"']) {
      const at = tar.indexOf(needle);
      expect(at).toBeGreaterThan(0);
      const changed = Buffer.from(tar);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const bundle = join(temporary('changed'), 'bundle.tar.gz');
      writeFileSync(bundle, gzipSync(changed));
      expect(refused(bundle, shop.key)).toMatch(/BUNDLE_(DIGEST|INVALID)/);
    }
  });

  it('unsigned, or signed by another key', () => {
    const folder = temporary('unsigned');
    const unsigned = join(folder, 'bundle.tar.gz');
    expect(exhibit(['policy', 'build', shop.repository, '--bundle', unsigned]).code).toBe(0);
    expect(refused(unsigned, shop.key)).toContain('BUNDLE_UNSIGNED');
    mkdirSync(join(folder, 'other'));
    expect(exhibit(['policy', 'keys', join(folder, 'other')]).code).toBe(0);
    expect(refused(shop.bundle, join(folder, 'other', '.exhibit', 'keys', 'bundle.pub.pem'))).toContain(
      'BUNDLE_SIGNATURE',
    );
  });

  it('older than the last one used here', () => {
    const env = { EXHIBIT_STATE: temporary('state') };
    const old = join(temporary('old'), 'bundle.tar.gz');
    copyFileSync(shop.bundle, old);
    writeFileSync(join(shop.repository, 'NEW.md'), 'a change\n');
    commit(shop.repository, 1_763_000_100);
    for (const verb of ['build', 'sign']) expect(exhibit(['policy', verb, shop.repository]).code).toBe(0);
    const args = (bundle: string) => ['examples/shop/k8s', '--bundle', bundle, '--bundle-key', shop.key];
    const used = exhibit(['check', ...args(shop.bundle), '-o', 'json'], { env });
    expect(used.code).toBe(1);
    // The last good one goes on in its place, and whoever runs it is told.
    const next = exhibit(['check', ...args(old), '-o', 'json'], { env });
    expect({ code: next.code, stdout: next.stdout }).toEqual({ code: 1, stdout: used.stdout });
    expect(next.stderr).toMatch(/older/);
    // Without it nothing is judged.
    rmSync(join(env.EXHIBIT_STATE, 'bundles'), { recursive: true });
    expect(refused(old, shop.key, env)).toContain('BUNDLE_ROLLBACK');
  });

  it('not there, or no key', () => {
    const absent = exhibit([
      'check',
      'examples/shop/k8s',
      '--bundle',
      '/nowhere.tar.gz',
      '--bundle-key',
      shop.key,
    ]);
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain('exhibit policy build');
    // With neither, the way is to build and sign, and not to look for a key.
    const neither = exhibit(['check', '.'], { cwd: temporary('neither'), env: { CI: '' } });
    expect(neither.code).toBe(2);
    expect(neither.stderr).toContain('exhibit policy build');
  });
});

describe('wrong usage', () => {
  it('paths that are not there: all are named, nothing is judged', () => {
    const folder = temporary('absent');
    writeFileSync(join(folder, 'good.yaml'), GOOD);
    symlinkSync('nowhere', join(folder, 'link.yaml'));
    const run = (...paths: string[]) =>
      exhibit(['check', ...paths, ...shop.flags, '-o', 'plain'], { cwd: folder });
    const ended = run('good.yaml', 'absent.yaml', 'good.yaml/x', 'k8s/*.yaml');
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^error NOT_FOUND: /);
    for (const name of ['absent.yaml', 'good.yaml/x', 'k8s/*.yaml', 'Patterns are for the shell'])
      expect(ended.stderr.replace(/\s+/g, ' ')).toContain(name);
    // A link that leads nowhere is there; that it cannot be read is a decision.
    const link = run('good.yaml', 'link.yaml');
    expect(link.code).toBe(3);
    expect(link.stdout).toContain('INPUT_UNREADABLE');
  });

  it('a path given twice is judged once, and that is said', () => {
    const folder = temporary('twice');
    writeFileSync(join(folder, 'good.yaml'), GOOD);
    const run = (...paths: string[]) =>
      exhibit(['check', ...paths, ...shop.flags, '-o', 'json'], { cwd: folder });
    const twice = run('good.yaml', './good.yaml', '.');
    expect(twice.stdout).toBe(run('good.yaml').stdout);
    expect(twice.stderr).toContain('given more than once, judged once: 2 files: ./good.yaml, good.yaml');
  });

  it.each([
    [['check'], /missing required argument/],
    [['check', 'x', '--fail-on', 'huge'], /Allowed choices/],
    [['check', 'x', '-o', 'xml'], /unknown output format/],
    [['chekc'], /Did you mean check/],
    [['policy', 'show', 'image-fixd', 'policies'], /Is image-fixed meant/],
    [['query', 'no-such-question', '--evidence', '.'], /./],
  ])('%j exits 2 and says why', (args, message) => {
    const ended = exhibit(args);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(message);
    expect(ended.stdout).toBe('');
  });
});
