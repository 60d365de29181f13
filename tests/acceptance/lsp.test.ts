import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, Hover } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Editor, write } from './editor.ts';
import { BIN, exhibit, temporary, type Workshop, workshop } from './workshop.ts';

const BAD = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        privileged: true # for the card reader
`;

let shop: Workshop;
/** Two folders of one workspace: the second has no bundle. */
let app: string;
let other: string;
let editor: Editor;
const state = () => ({ EXHIBIT_STATE: join(app, '..', 'state') });

beforeAll(async () => {
  shop = workshop();
  const place = temporary('lsp');
  app = join(place, 'app');
  other = join(place, 'other');
  mkdirSync(join(app, '.exhibit', 'keys'), { recursive: true });
  mkdirSync(other);
  copyFileSync(shop.bundle, join(app, '.exhibit', 'bundle.tar.gz'));
  copyFileSync(shop.key, join(app, '.exhibit', 'keys', 'bundle.pub.pem'));
  editor = await Editor.start({ folders: [app, other, shop.repository], env: state() });
});

afterAll(async () => {
  expect(editor.stderr).toBe('');
  expect(await editor.quit()).toBe(0);
});

const named = (code: string) => (found: readonly { code?: unknown }[]) =>
  found.some((each) => each.code === code);

async function actions(uri: string, text: string, diagnostics: readonly unknown[]): Promise<CodeAction[]> {
  const end = TextDocument.create(uri, '', 0, text).positionAt(text.length);
  return editor.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri },
    range: { start: { line: 0, character: 0 }, end },
    context: { diagnostics },
  });
}

const applied = (uri: string, text: string, action: CodeAction | undefined) =>
  TextDocument.applyEdits(TextDocument.create(uri, '', 0, text), action?.edit?.changes?.[uri] ?? []);

describe('a manifest', () => {
  it('says what check says of the same text, at the same places, though the file is not on the disk', async () => {
    const uri = await editor.open(join(app, 'unsaved.yaml'), BAD);
    const found = await editor.diagnostics(uri, named('container-not-privileged'));
    write(other, { 'saved/unsaved.yaml': BAD });
    const { stdout } = exhibit(
      ['check', 'unsaved.yaml', ...shop.flags, '--layer', 'pre-commit', '-o', 'json'],
      { cwd: join(other, 'saved'), env: state() },
    );
    const fails = (
      JSON.parse(stdout) as {
        results: { policy_id: string; verdict: string; line: number; column: number }[];
      }
    ).results.filter(({ verdict }) => verdict === 'fail');
    const first = new Map(found.map((one) => [String(one.code), one]));
    expect([...first.keys()].sort()).toEqual([...new Set(fails.map(({ policy_id }) => policy_id))].sort());
    // Each judgement of check has its first statement's place; here each statement has its own.
    for (const { policy_id, line, column } of fails)
      expect(found).toContainEqual(
        expect.objectContaining({
          code: policy_id,
          range: expect.objectContaining({ start: { line: line - 1, character: column - 1 } }),
        }),
      );
  });

  it('has rule, controls, why and fix; what would refuse the commit is an error', async () => {
    const uri = await editor.open(join(app, 'words.yaml'), BAD);
    const found = await editor.diagnostics(uri, named('container-not-privileged'));
    const one = found.find(({ message }) => String(message).includes('is privileged'));
    expect(one).toMatchObject({
      severity: 1,
      source: 'exhibit',
      code: 'container-not-privileged',
      range: { start: { line: 8, character: 8 } },
      data: { policy: 'container-not-privileged', verdict: 'fail', disposition: 'enforced' },
    });
    expect(one?.message).toContain('fix: Remove privileged, or set it to false.');
    expect(one?.message).toMatch(/container-not-privileged \(\w+\): .*soc2\/cc6/);
    expect(one?.relatedInformation?.map(({ message }) => message).join()).toMatch(/soc2\/cc6\.\d \(\w+\): /);
  });

  it('a Dockerfile is judged as the hook judges it', async () => {
    const uri = await editor.open(join(app, 'Dockerfile'), 'FROM node:latest\n');
    const found = await editor.diagnostics(uri, named('dockerfile-image-pinned'));
    expect(found.find(({ code }) => code === 'dockerfile-image-pinned')).toMatchObject({
      severity: 1,
      range: { start: { line: 0, character: 5 } },
    });
  });

  it('is judged again at each change, and only its latest version is told', async () => {
    const uri = await editor.open(join(app, 'typed.yaml'), BAD);
    for (let i = 0; i < 20; i += 1) await editor.change(uri, `${BAD}# ${i}\n`);
    const last = await editor.change(uri, BAD.replace('privileged: true', 'privileged: false'));
    const found = await editor.diagnostics(uri, (_, version) => version === last);
    expect(found.map(({ message }) => String(message)).join()).not.toContain('is privileged');
    const versions = editor.published.filter((one) => one.uri === uri).map(({ version }) => version ?? 0);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it('offers what the policy proposes; with it the fail is gone and nothing else has changed', async () => {
    const uri = await editor.open(join(app, 'fixed.yaml'), BAD);
    const found = await editor.diagnostics(uri, named('container-not-privileged'));
    const offered = await actions(uri, BAD, found);
    const titles = offered.map(({ title }) => title);
    expect(titles).toContain('Set securityContext.privileged to false (container-not-privileged)');
    expect(titles).toContain(
      'Set securityContext.allowPrivilegeEscalation to false (container-not-privileged)',
    );
    const fix = offered.find(({ title }) => title.includes('.privileged'));
    expect(applied(uri, BAD, fix)).toBe(BAD.replace('privileged: true', 'privileged: false'));
    // A version later the places are others: nothing is offered for what was judged before.
    await editor.change(uri, `# new\n${BAD}`);
    expect(await actions(uri, BAD, found)).toEqual([]);
  });

  it('that cannot be read is not clean: information, with why', async () => {
    const uri = await editor.open(join(app, 'template.yaml'), 'a: {{ .Values.a }}\nb: [\n');
    const [one, ...more] = await editor.diagnostics(uri);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ severity: 3, code: 'exhibit/input' });
    expect(one?.message).toMatch(/^not judged: .*\nfix: This looks like a template/);
  });

  it('loses its diagnostics when it is closed', async () => {
    const uri = await editor.open(join(app, 'closed.yaml'), BAD);
    await editor.diagnostics(uri, named('container-not-privileged'));
    await editor.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    expect(await editor.diagnostics(uri, (found) => found.length === 0)).toEqual([]);
  });
});

describe('Terraform', () => {
  it.each([
    [
      'main.tf',
      'terraform',
      'resource "aws_db_instance" "main" {\n  engine            = "postgres"\n  storage_encrypted = false\n}\n',
      2,
    ],
    [
      'main.json',
      'json',
      '{"Resources": {"A": {"Type": "AWS::RDS::DBInstance",\n "Properties": {"StorageEncrypted": false}}}}',
      1,
    ],
  ])('%s has its places', async (name, language, text, line) => {
    const uri = await editor.open(join(app, name), text, language);
    const found = await editor.diagnostics(uri, named('db-encrypted-at-rest'));
    expect(found.find(({ code }) => code === 'db-encrypted-at-rest')?.range.start.line).toBe(line);
  });

  it('a plan has its places in the plan itself', async () => {
    const plan = readFileSync(join(import.meta.dirname, '../../examples/shop/infra/plan.json'), 'utf8');
    const uri = await editor.open(join(app, 'plan.json'), plan, 'json');
    const found = await editor.diagnostics(uri, (all) => all.length > 0);
    // What would refuse the commit is an error, what only warns a warning, what is not known an information.
    expect(found.every(({ severity }) => severity !== undefined && severity <= 3)).toBe(true);
    expect(found.some(({ range }) => range.start.line > 0)).toBe(true);
  });
});

describe('a hover', () => {
  const at = (uri: string, line: number, character: number) =>
    editor.connection.sendRequest<Hover | null>('textDocument/hover', {
      textDocument: { uri },
      position: { line, character },
    });

  it('on the id of a policy in a comment says what it is', async () => {
    const uri = await editor.open(
      join(app, 'hover.yaml'),
      '# see container-not-privileged, not Container-not\na: 1\n',
    );
    const found = await at(uri, 0, 10);
    const { value } = (found as Hover).contents as { value: string };
    expect(value).toMatch(/^\*\*.*\*\*\n\ncontainer\\?-not\\?-privileged: \w+, owner /);
    expect(value).toMatch(/soc2\/cc6\.\d \\\(/);
    expect(value).toContain('To fix a fail: ');
    expect(found?.range).toEqual({ start: { line: 0, character: 6 }, end: { line: 0, character: 30 } });
    expect(await at(uri, 0, 40)).toBeNull();
    expect(await at(uri, 1, 0)).toBeNull();
  });

  it('that is cancelled is answered as such, and the server goes on', async () => {
    const uri = await editor.open(join(app, 'hover2.yaml'), '# container-not-privileged\n');
    const { CancellationTokenSource } = await import('vscode-languageserver/node');
    const sources = Array.from({ length: 50 }, () => new CancellationTokenSource());
    const asked = sources.map(({ token }) =>
      editor.connection.sendRequest(
        'textDocument/hover',
        { textDocument: { uri }, position: { line: 0, character: 4 } },
        token,
      ),
    );
    for (const source of sources) source.cancel();
    const answers = await Promise.allSettled(asked);
    expect(
      answers.every((one) => one.status === 'fulfilled' || (one.reason as { code: number }).code === -32_800),
    ).toBe(true);
    expect(answers.some(({ status }) => status === 'rejected')).toBe(true);
    expect(await at(uri, 0, 4)).not.toBeNull();
  });
});

describe('large and odd files', () => {
  it('5 MB are judged, and meanwhile questions are answered; a list that is cut says so', async () => {
    const note = `  annotations: {note: ${'x'.repeat(5_000)}}\n`;
    const pod = (i: number) =>
      BAD.replace('{name: web, namespace: shop}', `\n  name: web-${i}\n  namespace: shop\n${note}`);
    const big = Array.from({ length: 1_000 }, (_, i) => pod(i)).join('---\n');
    expect(big.length).toBeGreaterThan(5_000_000);
    const small = await editor.open(join(app, 'small.yaml'), '# container-not-privileged\n');
    await editor.diagnostics(small);
    const uri = await editor.open(join(app, 'big.yaml'), big);
    const answered = await editor.connection.sendRequest('textDocument/hover', {
      textDocument: { uri: small },
      position: { line: 0, character: 4 },
    });
    expect(answered).not.toBeNull();
    const found = await editor.diagnostics(uri);
    expect(found).toHaveLength(1_001);
    expect(found.at(-1)?.message).toMatch(/^[\d,]+ more are not shown. `exhibit check`/);
    // What was typed meanwhile makes the rest of the old text not worth judging.
    await editor.change(uri, `${big}# 1\n`);
    const last = await editor.change(uri, 'a: 1\n');
    expect(await editor.diagnostics(uri, (_, version) => version === last)).toEqual([]);
    await editor.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }, 120_000);

  it.each([
    ['deep.json', '['.repeat(100_000)],
    [
      'aliases.yaml',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]\n`)
        .join('')}`,
    ],
    ['nul.yaml', '\u0000\u0000'],
    ['half.json', '{"a": "\\ud800"}'],
    ['empty.yaml', ''],
  ])('%s is not clean', async (name, text) => {
    const uri = await editor.open(join(app, name), text);
    const found = await editor.diagnostics(uri);
    expect(found).not.toEqual([]);
    expect(
      found.every(({ severity, message }) => severity === 3 && String(message).startsWith('not judged: ')),
    ).toBe(true);
  });

  it('a file that is longer than the settings allow is not judged', async () => {
    const small = await Editor.start({ folders: [app], env: state(), settings: { maxInputSize: 10 } });
    const uri = await small.open(join(app, 'a.yaml'), BAD);
    const [one] = await small.diagnostics(uri);
    expect(one?.message).toMatch(/not judged: the file has \d+ bytes; 10 is the most/);
    expect(await small.quit()).toBe(0);
  });
});

describe('the bundle', () => {
  it('of a folder that has none: one message, information on each file, nothing clean', async () => {
    const first = await editor.open(join(other, 'a.yaml'), BAD);
    const second = await editor.open(join(other, 'b.yaml'), BAD);
    for (const uri of [first, second])
      expect(await editor.diagnostics(uri)).toMatchObject([{ severity: 3, code: 'NOT_FOUND' }]);
    expect(editor.messages.filter((text) => text.includes(`Nothing is judged in ${other}`))).toHaveLength(1);
    expect(editor.messages.join()).not.toContain(`Nothing is judged in ${app}:`);
  });

  it('that does not verify is not used; a sound one in its place is taken without a restart', async () => {
    const folder = join(temporary('lsp-tampered'), 'app');
    cpSync(app, folder, { recursive: true });
    const file = join(folder, '.exhibit', 'bundle.tar.gz');
    const sound = readFileSync(file);
    const damaged = Buffer.from(sound);
    damaged.writeUInt8((damaged.readUInt8(damaged.length >> 1) ^ 0xff) & 0xff, damaged.length >> 1);
    writeFileSync(file, damaged);
    const own = await Editor.start({ folders: [folder], env: { EXHIBIT_STATE: join(folder, 'state') } });
    const uri = await own.open(join(folder, 'a.yaml'), BAD);
    const found = await own.diagnostics(uri);
    expect(found).toMatchObject([{ severity: 3 }]);
    expect(String(found[0]?.code)).toMatch(/^BUNDLE_/);
    expect(own.messages).toHaveLength(1);
    writeFileSync(file, sound);
    // Nobody types: the server looks at the disk by itself.
    expect(await own.diagnostics(uri, named('container-not-privileged'))).not.toEqual([]);
    expect(own.messages).toHaveLength(1);
    expect(await own.quit()).toBe(0);
  });

  it('or settings that a checkout replaces by what cannot be read: said, and the server lives on', async () => {
    const folder = join(temporary('lsp-planted'), 'app');
    cpSync(app, folder, { recursive: true });
    const own = await Editor.start({ folders: [folder], env: { EXHIBIT_STATE: join(folder, 'state') } });
    const uri = await own.open(join(folder, 'a.yaml'), BAD);
    await own.diagnostics(uri, named('container-not-privileged'));
    // As a branch may have it: settings that are a link to themselves, and a bundle that has no end.
    symlinkSync('.exhibit.yaml', join(folder, '.exhibit.yaml'));
    rmSync(join(folder, '.exhibit', 'bundle.tar.gz'));
    symlinkSync('/dev/zero', join(folder, '.exhibit', 'bundle.tar.gz'));
    expect(await own.diagnostics(uri, named('NOT_FOUND'))).toMatchObject([{ severity: 3 }]);
    for (const path of [`/${'a'.repeat(5_000)}/a.yaml`, join(folder, `${'b'.repeat(300)}/a.yaml`)]) {
      const odd = await own.open(path, BAD);
      expect(await own.diagnostics(odd)).toMatchObject([{ severity: 3 }]);
    }
    expect(own.stderr).toBe('');
    expect(await own.quit()).toBe(0);
  });

  it('records nothing', async () => {
    const records = spawnSync('find', [join(app, '..'), '-name', '*.wal*', '-o', '-name', 'ledger*'], {
      encoding: 'utf8',
    });
    expect(records.stdout).toBe('');
  });
});

describe('a policy repository', () => {
  const override = (more: string) =>
    `id: late\npolicy: container-not-privilegd\nscope: {subjects: ["Pod/shop/web"]}\nowner: ada@example.com\napprover: ada@example.com\n${more}`;

  it('an override that lacks fields says which, and gets them, empty', async () => {
    const file = join(shop.repository, 'overrides', 'lacks.yaml');
    const text = override('');
    const uri = await editor.open(file, text);
    const found = await editor.diagnostics(uri, (all) => all.length > 0);
    expect(found.map(({ message }) => message)).toContain('the override does not apply: reason is missing');
    const [fix] = (await actions(uri, text, found)).filter(({ title }) => title.startsWith('Insert'));
    expect(fix?.title).toBe('Insert the missing fields: reason, ticket, created, sunset');
    const after = applied(uri, text, fix);
    expect(after).toMatch(/\nreason: ""\nticket: ""\ncreated: \d{4}-\d\d-\d\d\nsunset: ""\n$/);
    // Still no override: a person fills them in.
    const version = await editor.change(uri, after);
    const left = await editor.diagnostics(uri, (_, at) => at === version);
    expect(left.filter(({ severity }) => severity === 1).length).toBeGreaterThan(1);
  }, 60_000);

  it('owner as approver, a policy that is not there, a bare day: each at its place, with what to write', async () => {
    const file = join(shop.repository, 'overrides', 'wrong.yaml');
    const more =
      'reason: The kernel module of the card reader needs it.\nticket: https://tickets.example.com/1\ncreated: 2026-11-01\nsunset: 2026-11-20\n';
    const self = override(more).replace('id: late', 'id: self');
    const uri = await editor.open(file, self);
    const own = await editor.diagnostics(uri, (all) => all.some(({ severity }) => severity === 1));
    expect(own.find(({ severity }) => severity === 1)?.range.start).toEqual({ line: 4, character: 10 });
    const two = self.replace('approver: ada', 'approver: grace');
    let version = await editor.change(uri, two);
    const found = await editor.diagnostics(uri, (_, at) => at === version);
    const unknown = found.find(({ severity }) => severity === 1);
    expect(unknown?.message).toContain('did you mean container-not-privileged?');
    expect(unknown?.range.start).toEqual({ line: 1, character: 8 });
    const offered = await actions(uri, two, found);
    const fixed = applied(
      uri,
      two,
      offered.find(({ title }) => title === 'Write container-not-privileged'),
    );
    version = await editor.change(uri, fixed);
    const good = await editor.diagnostics(uri, (_, at) => at === version);
    expect(good.map(({ severity, message }) => [severity, message])).toEqual([
      [
        2,
        expect.stringContaining(
          'names grace@example.com as its approver, and nothing shows that they approved it',
        ),
      ],
      [4, 'a bare day: it means 2026-11-01T00:00:00.000Z'],
      [4, 'a bare day: it means 2026-11-20T23:59:59.999Z'],
    ]);
    const day = (await actions(uri, fixed, good)).find(({ title }) => title.startsWith('Write sunset'));
    expect(applied(uri, fixed, day)).toBe(fixed.replace('2026-11-20', '"2026-11-20T23:59:59.999Z"'));
  }, 60_000);

  it('metadata of a rule is linted as it is typed, at its line', async () => {
    const file = join(shop.repository, 'policies/kubernetes/container-not-privileged/policy.rego');
    const text = readFileSync(file, 'utf8');
    const broken = text.replace(/severity: \w+/, 'severity: grave');
    const uri = await editor.open(file, text, 'rego');
    expect(await editor.diagnostics(uri)).toEqual([]);
    await editor.change(uri, broken);
    const [one] = await editor.diagnostics(uri, (all) => all.length > 0);
    expect(one).toMatchObject({
      severity: 1,
      code: 'metadata',
      range: { start: { line: broken.split('\n').findIndex((line) => line.includes('severity: grave')) } },
    });
  }, 60_000);
});

describe('what is no editor', () => {
  it.each([
    ['words', 'hello\r\n\r\nworld'],
    ['a head without end', 'x'.repeat(1_000_000)],
    ['noise', Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7_919) & 0xff)).toString('latin1')],
    ['a message that is too long', 'Content-Length: 99999999999\r\n\r\n{'],
  ])('%s on standard input: one error, and the end', (_name, input) => {
    const done = spawnSync(process.execPath, [BIN, 'lsp'], { input, encoding: 'utf8', timeout: 20_000 });
    expect(done.status).toBeGreaterThan(1);
    expect(done.stderr).toMatch(/^error (USAGE|INPUT_TOO_LARGE): /);
    expect(done.stdout).toBe('');
  });

  it('a body that is no JSON does not stop it', async () => {
    const child = spawn(process.execPath, [BIN, 'lsp'], { stdio: 'pipe' });
    const body = '{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}';
    child.stdin.write('Content-Length: 9\r\n\r\nnot json!');
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    let told = '';
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (chunk) => {
        told += String(chunk);
        if (told.includes('"jsonrpc"')) resolve();
      }),
    );
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.stdin.end();
    expect([0, 1]).toContain(await ended);
  });

  it('the end of standard input is the end', () => {
    const done = spawnSync(process.execPath, [BIN, 'lsp'], { input: '', encoding: 'utf8', timeout: 20_000 });
    expect(done.status).toBe(1);
  });
});
