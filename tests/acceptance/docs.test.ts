import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, exhibit, ROOT, temporary } from './workshop.ts';

/** Blocks of shell in a page, with the exit code that the page states. */
function blocks(page: string): { script: string; exit: number }[] {
  const found = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```sh(?: exit=(\d))?\n(.*?)^```$/gms);
  return [...found].map(([, exit, script = '']) => ({ script, exit: Number(exit ?? 0) }));
}

describe('the tutorial', () => {
  it('runs as it stands, each block with the exit code that the page states', { timeout: 120_000 }, () => {
    const folder = temporary('tutorial');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'exhibit'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
    chmodSync(join(bin, 'exhibit'), 0o755);
    const work = join(folder, 'work');
    mkdirSync(work);
    // As on a reader's machine: a pipeline has stricter rules.
    const env = {
      ...process.env,
      CI: '',
      PATH: `${bin}:${process.env.PATH}`,
      EXHIBIT_STATE: join(folder, 'state'),
    };
    const all = blocks('docs/tutorial.md');
    expect(all.length).toBeGreaterThan(8);
    // One shell after the other, each where the last one stood.
    let cwd = work;
    for (const { script, exit } of all) {
      const ended = spawnSync('bash', ['-ec', `${script}\npwd > '${join(folder, 'cwd')}'`], {
        cwd,
        env,
        encoding: 'utf8',
      });
      expect({ script, code: ended.status, stderr: exit === ended.status ? '' : ended.stderr }).toEqual({
        script,
        code: exit,
        stderr: '',
      });
      if (exit === 0) cwd = readFileSync(join(folder, 'cwd'), 'utf8').trim();
    }
  });
});

describe('pages', () => {
  const pages = [
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) =>
      join('docs', name),
    ),
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
  ].filter((name) => name.endsWith('.md'));

  it.each(pages)('%s: every link to a file leads somewhere', (page) => {
    const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1] ?? '',
    );
    const dead = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const target = join(ROOT, dirname(page), link);
        return !readdirSync(dirname(target)).includes(relative(dirname(target), target));
      });
    expect(dead).toEqual([]);
  });
});

describe('help', () => {
  const commands = readFileSync(join(ROOT, 'docs', 'reference', 'commands.md'), 'utf8');
  it('has an example for every command', () => {
    const sections = commands.split(/^## /m).slice(1);
    expect(sections.length).toBeGreaterThan(20);
    for (const section of sections)
      expect(section, section.split('\n')[0]).toContain('Examples:\n  exhibit ');
  });

  it('fits 80 columns', () => {
    const help = exhibit(['check', '--help']).stdout;
    for (const line of help.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
