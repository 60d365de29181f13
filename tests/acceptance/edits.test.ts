import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Editor } from './editor.ts';
import { temporary, workshop } from './workshop.ts';

const LIBRARY = fileURLToPath(new URL('../../policies/policies/', import.meta.url));
let editor: Editor;
let folder: string;

beforeAll(async () => {
  const { bundle, key } = workshop();
  folder = temporary('edits');
  const settings = { bundle, bundleKeys: [key] };
  editor = await Editor.start({ folders: [folder], env: { EXHIBIT_STATE: join(folder, 'state') }, settings });
});

afterAll(async () => {
  expect(await editor.quit()).toBe(0);
});

const isEdited = ({ data }: Diagnostic) => (data as { edit?: number }).edit !== undefined;
const key = ({ data, message }: Diagnostic) => `${(data as { subject: string }).subject} ${String(message)}`;

it('each edit that the library proposes for one of its examples mends what it is for, and fails nothing else', async () => {
  const proposing = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('policy.rego'))
    .filter((path) => /\bedited\(|"edit"/.test(readFileSync(join(LIBRARY, path), 'utf8')))
    .map((path) => join(dirname(path), 'examples'));
  const examples = proposing.flatMap((path) =>
    readdirSync(join(LIBRARY, path))
      .filter((name) => /^bad-.*\.(ya?ml|json)$/.test(name))
      .map((name) => join(path, name)),
  );
  const policies = new Set<string>();
  for (const [i, path] of examples.entries()) {
    const text = readFileSync(join(LIBRARY, path), 'utf8');
    const uri = await editor.open(join(folder, `${i}${/\.\w+$/.exec(path)?.[0]}`), text);
    const found = await editor.diagnostics(uri);
    for (const one of found.filter(isEdited)) {
      const [action] = await editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: one.range,
        context: { diagnostics: [one] },
      });
      const edits = action?.edit?.changes?.[uri];
      // Nothing is offered for a plan; where something is, it must hold.
      if (edits === undefined) continue;
      policies.add(String(one.code));
      const version = await editor.change(
        uri,
        TextDocument.applyEdits(TextDocument.create(uri, '', 0, text), edits),
      );
      const left = await editor.diagnostics(uri, (_, at) => at === version);
      const before = new Set(found.map(key));
      expect(left.map(key), path).not.toContain(key(one));
      expect(left.filter((each) => !before.has(key(each))).map(key), path).toEqual([]);
      const back = await editor.change(uri, text);
      await editor.diagnostics(uri, (_, at) => at === back);
    }
    await editor.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }
  expect([...policies].sort()).toEqual([
    'container-not-privileged',
    'container-root-read-only',
    'pod-isolated-from-host',
    'pod-token-not-mounted',
  ]);
}, 180_000);
