import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram } from '../../src/cli/main.ts';
import { blocks, exhibitLines, Reader } from './reader.ts';
import { exhibit, ROOT } from './workshop.ts';

describe('pages run as they stand, each block with the exit code that the page states', () => {
  const reader = new Reader();
  const work = join(reader.folder, 'work');

  beforeAll(() => {
    expect(reader.follow('docs/tutorial.md', work)).toBeGreaterThan(8);
  }, 300_000);

  it('overrides, where the tutorial ended', { timeout: 180_000 }, () => {
    expect(reader.follow('docs/how-to/override.md', work)).toBe(6);
    reader.type('exhibit check app -o json > after.json || true', work);
    const waived = (file: string) =>
      (JSON.parse(readFileSync(join(work, file), 'utf8')) as { summary: { waived: number } }).summary.waived;
    expect([waived('before.json'), waived('after.json')]).toEqual([0, 1]);
  });

  it('a policy changes once: its tests fail, are mended, and the gate blocks', { timeout: 300_000 }, () => {
    expect(reader.follow('docs/tutorial-policy.md', join(reader.folder, 'once'))).toBe(8);
  });

  it('a hook before the commit', { timeout: 180_000 }, () => {
    expect(reader.follow('docs/how-to/pre-commit.md', join(reader.folder, 'hook'))).toBe(5);
  });

  it('a change of a policy, where the tutorial ended', { timeout: 180_000 }, () => {
    expect(reader.follow('docs/how-to/change-a-policy.md', work)).toBe(4);
  });

  it('the editor, in a folder', { timeout: 180_000 }, () => {
    expect(reader.follow('docs/how-to/editor.md', work)).toBe(2);
  });

  it('exports, where the tutorial ended', { timeout: 180_000 }, () => {
    const folder = join(reader.folder, 'exports');
    cpSync(join(work, 'policies'), join(folder, 'policies'), { recursive: true });
    expect(reader.follow('docs/how-to/export.md', folder)).toBe(5);
  });

  it('results of other tools, where the tutorial ended', { timeout: 180_000 }, () => {
    const folder = join(reader.folder, 'results');
    cpSync(join(work, 'policies'), join(folder, 'policies'), { recursive: true });
    expect(reader.follow('docs/how-to/take-in-results.md', folder)).toBe(3);
  });

  it('an inventory, where the tutorial ended', { timeout: 180_000 }, () => {
    const folder = join(reader.folder, 'inventory');
    cpSync(join(work, 'policies'), join(folder, 'policies'), { recursive: true });
    expect(reader.follow('docs/how-to/judge-an-inventory.md', folder)).toBe(3);
  });

  it('a witness, from its making to an alarm', { timeout: 300_000 }, () => {
    // On a machine of its own: one that remembers the log would refuse the copy before the witness does.
    const own = new Reader();
    expect(own.follow('docs/how-to/witness-a-ledger.md', join(own.folder, 'witness'))).toBe(10);
  });

  it('keys: a file elsewhere, asked, and handed over', { timeout: 180_000 }, () => {
    expect(reader.follow('docs/how-to/keep-keys.md', join(reader.folder, 'keys'))).toBe(4);
  });

  it('time stamps, with an authority by OpenSSL in the place of a public one', {
    timeout: 180_000,
  }, async () => {
    const authority = spawn(process.execPath, [join(ROOT, 'tests', 'acceptance', 'authority.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [said] = (await once(authority.stdout, 'data')) as [Buffer];
    const { url, root } = JSON.parse(said.toString()) as { url: string; root: string };
    process.env.TSA = url;
    const folder = join(reader.folder, 'stamped');
    mkdirSync(folder);
    cpSync(root, join(folder, 'tsa.pem'));
    // Its variables are those of now.
    expect(new Reader().follow('docs/how-to/time-stamp-a-ledger.md', folder)).toBe(5);
    authority.stdin.end();
    await once(authority, 'exit');
  });

  it('settings of a server that takes events', { timeout: 180_000 }, () => {
    expect(reader.follow('docs/how-to/take-in-events.md', join(reader.folder, 'events'))).toBe(1);
  });

  it.each([
    ['docs/how-to/export-evidence.md', 2],
    ['docs/how-to/find-bypasses.md', 2],
    ['docs/how-to/perform-decisions-again.md', 3],
    ['docs/how-to/reconcile-admission.md', 2],
  ])('%s, in the folder of the demo', { timeout: 180_000 }, (page, scripts) => {
    const folder = join(reader.folder, page.replaceAll('/', '-'));
    cpSync(join(work, 'demo-out'), folder, { recursive: true });
    // On a machine of its own: what it records in a copy, another copy of the same log must not lack.
    expect(new Reader().follow(page, folder)).toBe(scripts);
  });

  it('an audit, in the folder of the demo', { timeout: 180_000 }, () => {
    const folder = join(reader.folder, 'audit');
    cpSync(join(work, 'demo-out'), folder, { recursive: true });
    expect(new Reader().follow('docs/how-to/audit.md', folder)).toBe(6);
  });

  it('the honest test, in the folder of the demo', { timeout: 180_000 }, () => {
    const folder = join(reader.folder, 'honest');
    cpSync(join(work, 'demo-out'), folder, { recursive: true });
    expect(new Reader().follow('docs/how-to/test-honestly.md', folder)).toBe(1);
  });

  it('attestations, in a folder with the bundle of the tutorial', { timeout: 180_000 }, () => {
    const folder = join(reader.folder, 'attest');
    cpSync(join(work, 'policies'), join(folder, 'policies'), { recursive: true });
    cpSync(join(work, '.exhibit.yaml'), join(folder, '.exhibit.yaml'));
    cpSync(join(ROOT, 'examples', 'shop', 'k8s-fixed'), join(folder, 'k8s'), { recursive: true });
    expect(reader.follow('docs/how-to/attest.md', folder)).toBe(4);
  });

  it('what a cluster is to require, in a folder with the bundle of the tutorial', {
    timeout: 180_000,
  }, () => {
    const folder = join(reader.folder, 'require');
    cpSync(join(work, 'policies'), join(folder, 'policies'), { recursive: true });
    cpSync(join(work, '.exhibit.yaml'), join(folder, '.exhibit.yaml'));
    cpSync(join(ROOT, 'examples', 'shop', 'k8s-fixed'), join(folder, 'k8s'), { recursive: true });
    expect(reader.follow('docs/how-to/require-a-pass.md', folder)).toBe(2);
  });

  it('what the evidence costs, in a folder', { timeout: 180_000 }, () => {
    expect(reader.follow('docs/how-to/estimate-cost.md', join(reader.folder, 'cost'))).toBe(2);
  });

  it.each(['docs/how-to/query.md', 'docs/how-to/operate.md', 'docs/how-to/back-up-and-restore.md'])(
    '%s, in the folder of the demo',
    { timeout: 180_000 },
    (page) => {
      const folder = join(reader.folder, page.replaceAll('/', '-'));
      cpSync(join(work, 'demo-out'), folder, { recursive: true });
      // On a machine of its own: one that has seen a later state of the log says so.
      expect(new Reader().follow(page, folder)).toBeGreaterThan(3);
    },
  );

  it.each([
    ['docs/how-to/save-an-answer.md', 3],
    ['docs/how-to/manual-evidence.md', 3],
    ['docs/how-to/draw-a-sample.md', 3],
    ['docs/how-to/report.md', 4],
  ])('%s, in the folder of the demo', { timeout: 180_000 }, (page, scripts) => {
    const folder = join(reader.folder, page.replaceAll('/', '-'));
    cpSync(join(work, 'demo-out'), folder, { recursive: true });
    expect(new Reader().follow(page, folder)).toBe(scripts);
  });

  it('the tables for Trino and Glue, from the folder of the demo', { timeout: 180_000 }, () => {
    const folder = join(reader.folder, 'catalogue');
    cpSync(join(work, 'demo-out'), folder, { recursive: true });
    expect(reader.follow('docs/how-to/query-with-trino.md', folder)).toBe(2);
    expect(readFileSync(join(folder, 'catalogue.sql'), 'utf8')).toContain(
      'CREATE TABLE "lake"."exhibit_soc2"."evidence"',
    );
  });

  it('the README, in a checkout', { timeout: 180_000 }, () => {
    const checkout = join(reader.folder, 'checkout');
    cpSync(join(ROOT, 'examples'), join(checkout, 'examples'), { recursive: true });
    expect(reader.follow('README.md', checkout)).toBe(2);
  });

  it('the jobs of the gate: a change with faults is blocked, and its findings are written', {
    timeout: 180_000,
  }, () => {
    const checkout = join(reader.folder, 'shop');
    cpSync(join(ROOT, 'examples', 'shop'), checkout, { recursive: true });
    const policies = join(reader.folder, 'work', 'policies', '.exhibit');
    const env = {
      CI: 'true',
      EXHIBIT_BUNDLE: join(policies, 'bundle.tar.gz'),
      EXHIBIT_BUNDLE_KEYS: join(policies, 'keys', 'bundle.pub.pem'),
    };
    const jobs = blocks('docs/how-to/run-the-gate.md').filter(({ language }) => language === 'yaml');
    const checks = jobs.flatMap(({ text }) =>
      [...text.matchAll(/(?:run:|-) (exhibit check infra.*)$/gm)].map(([, line = '']) => line),
    );
    expect(checks).toHaveLength(2);
    for (const line of checks)
      expect({ line, code: reader.type(line, checkout, env).code }).toEqual({ line, code: 1 });
    for (const file of ['exhibit.sarif', 'exhibit.xml']) expect(existsSync(join(checkout, file))).toBe(true);
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

  it.each(pages)('%s: every link leads to a file that is there, and to a heading in it', (page) => {
    const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
      (match) => match[1] ?? '',
    );
    const dead = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = '', heading] = link.split('#');
        const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
        if (!readdirSync(dirname(target)).includes(relative(dirname(target), target))) return true;
        return heading !== undefined && !headings(target).includes(heading);
      });
    expect(dead).toEqual([]);
  });
});

it('docs/README.md leads to each page for a task and each of reference', () => {
  const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
  const pages = ['how-to', 'reference', 'explanation', 'runbooks'].flatMap((folder) =>
    readdirSync(join(ROOT, 'docs', folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  );
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});

/** Headings of a page as links name them: lower case, a hyphen for a space, no other signs. */
function headings(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('blocks of pages', () => {
  const pages = [
    'README.md',
    ...readdirSync(join(ROOT, 'docs', 'how-to')).map((name) => `docs/how-to/${name}`),
  ];

  it.each(pages)('%s: YAML is YAML, and every exhibit line is one that the program takes', async (page) => {
    for (const { language, text } of blocks(page)) {
      if (language === 'yaml') expect(parse(text), text).toBeTypeOf('object');
      for (const words of exhibitLines(text)) {
        // pre-commit itself adds the names of the files.
        if (text.includes(`entry: exhibit ${words.join(' ')}`)) words.push('k8s/shop.yaml');
        const line = words.join(' ');
        expect({ line, refused: await refused(words) }).toEqual({ line, refused: undefined });
      }
    }
  });

  it('sees a line that the program does not take', async () => {
    const [words = []] = exhibitLines('10 2 * * * exhibit lake close evidence --al');
    expect(await refused(words)).toContain('unknown option');
  });
});

/** What the command tree says of words: nothing, or why it does not take them. Nothing is run. */
async function refused(words: readonly string[]): Promise<string | undefined> {
  const sink = { write: () => undefined, isTTY: false, columns: 80 };
  const random = (length: number) => new Uint8Array(length);
  const context = { env: {}, cwd: '.', clock: () => 0, random, stdout: sink, stderr: sink };
  try {
    await buildProgram(context, async () => undefined).parseAsync([...words], { from: 'user' });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

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
