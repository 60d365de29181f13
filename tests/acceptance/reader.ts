import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { BIN, ROOT, temporary } from './workshop.ts';

/** What a page tells its reader to do: write a file, or type a script that ends with a stated exit code. */
type Step = { file: string; text: string } | { script: string; exit: number };

export interface Block {
  language: string;
  text: string;
  /** The exit code that the page states. */
  exit: number;
  /** The file that the line before the block names, as in "`a/b.yaml`:". */
  file?: string;
}

/** The code blocks of a page, in order. */
export function blocks(page: string): Block[] {
  const found = readFileSync(join(ROOT, page), 'utf8').matchAll(
    /(?:`([\w./-]+\.\w+)`:\n\n)?^```(\w*)(?: exit=(\d))?\n(.*?)^```$/gms,
  );
  return [...found].map(([, file, language = '', exit, text = '']) => ({
    language,
    text,
    exit: Number(exit ?? 0),
    ...(file === undefined ? {} : { file }),
  }));
}

/** Someone at a shell of his own, with `exhibit` on the path, who does what pages say. */
export class Reader {
  readonly folder = temporary('reader');
  readonly #env: Record<string, string | undefined>;

  constructor() {
    const bin = join(this.folder, 'bin');
    mkdirSync(bin);
    // A page that says `exhibit demo` gets what the same program made before, where there is that (see demoIn); demo.test.ts is about the making.
    const copied = `[ "$*" = demo ] && [ -n "$EXHIBIT_DEMO" ] && [ ! -e demo-out ] && exec cp -R "$EXHIBIT_DEMO" demo-out`;
    writeFileSync(join(bin, 'exhibit'), `#!/bin/sh\n${copied}\nexec '${process.execPath}' '${BIN}' "$@"\n`);
    chmodSync(join(bin, 'exhibit'), 0o755);
    this.#env = {
      ...process.env,
      // As on a reader's machine: a pipeline has stricter rules.
      CI: '',
      PATH: `${bin}:${process.env.PATH}`,
      EXHIBIT_STATE: join(this.folder, 'state'),
      GIT_AUTHOR_NAME: 'you',
      GIT_AUTHOR_EMAIL: 'you@example.com',
      GIT_COMMITTER_NAME: 'you',
      GIT_COMMITTER_EMAIL: 'you@example.com',
    };
  }

  /** Does every step of a page, one shell after the other, each where the last one stood. @returns how many scripts ran */
  follow(page: string, start: string, change: (text: string) => string = (text) => text): number {
    mkdirSync(start, { recursive: true });
    let cwd = start;
    let scripts = 0;
    for (const step of steps(page)) {
      if ('file' in step) {
        mkdirSync(dirname(join(cwd, step.file)), { recursive: true });
        writeFileSync(join(cwd, step.file), change(step.text));
        continue;
      }
      scripts += 1;
      const { script, exit } = step;
      const ended = this.type(`${script}\npwd > '${join(this.folder, 'cwd')}'`, cwd);
      expect({ page, script, ...ended, stderr: exit === ended.code ? '' : ended.stderr }).toEqual({
        page,
        script,
        code: exit,
        stderr: '',
      });
      if (exit === 0) cwd = readFileSync(join(this.folder, 'cwd'), 'utf8').trim();
    }
    return scripts;
  }

  type(
    script: string,
    cwd: string,
    env: Record<string, string> = {},
  ): { code: number | null; stderr: string } {
    const ended = spawnSync('bash', ['-ec', script], {
      cwd,
      env: { ...this.#env, ...env },
      encoding: 'utf8',
    });
    return { code: ended.status, stderr: ended.stderr };
  }
}

function steps(page: string): Step[] {
  return blocks(page).flatMap(({ language, text, exit, file }): Step[] => {
    if (file !== undefined) return [{ file, text }];
    return language === 'sh' ? [{ script: text, exit }] : [];
  });
}

/** Every `exhibit ...` that a text has, as words. */
export function exhibitLines(text: string): string[][] {
  return text
    .replace(/\\\n\s*/g, ' ')
    .split(/\n|&&|\|/)
    .flatMap((line) => /(?:^|[\s:$])(exhibit [^#>]*)/.exec(line.replace(/^\s*name:.*/, ''))?.[1] ?? [])
    .map((line) => (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).slice(1));
}
