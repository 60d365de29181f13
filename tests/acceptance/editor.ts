import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { BIN } from './workshop.ts';

export interface EditorOptions {
  folders: readonly string[];
  env: Record<string, string>;
  args?: readonly string[];
  settings?: unknown;
}

/** An editor's half of the protocol, over the standard streams of the real program. */
export class Editor {
  readonly process: ChildProcessWithoutNullStreams;
  readonly connection: ProtocolConnection;
  readonly messages: string[] = [];
  readonly logs: string[] = [];
  readonly published: PublishDiagnosticsParams[] = [];
  readonly ended: Promise<number | null>;
  stderr = '';
  result: InitializeResult | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #versions = new Map<string, number>();

  private constructor({ env, args = [] }: EditorOptions) {
    this.process = spawn(process.execPath, [BIN, 'lsp', '--stdio', ...args], {
      // An editor runs on a developer's machine: a pipeline has stricter rules.
      env: { ...process.env, CI: '', ...env },
      stdio: 'pipe',
    });
    this.process.stderr.on('data', (chunk) => {
      this.stderr += String(chunk);
    });
    this.process.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => this.process.on('exit', resolve));
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout),
      new StreamMessageWriter(this.process.stdin),
    );
    this.connection.onError(() => undefined);
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      this.#wake();
    });
    this.connection.onNotification('window/showMessage', ({ message }: { message: string }) => {
      this.messages.push(message);
      this.#wake();
    });
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.logs.push(message);
    });
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.onRequest('workspace/configuration', () => [null]);
    this.connection.listen();
  }

  /** Starts the program and greets it. */
  static async start(options: EditorOptions): Promise<Editor> {
    const editor = new Editor(options);
    editor.result = await editor.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: options.folders.map((path) => ({ uri: pathToFileURL(path).href, name: path })),
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true },
        textDocument: {
          hover: { contentFormat: ['markdown'] },
          publishDiagnostics: { relatedInformation: true },
        },
      },
      initializationOptions: options.settings ?? {},
    });
    await editor.connection.sendNotification('initialized', {});
    return editor;
  }

  /** Opens a file with a text that the disk need not have. @returns its URI */
  async open(path: string, text: string, languageId = 'yaml'): Promise<string> {
    const uri = pathToFileURL(path).href;
    this.#versions.set(uri, 1);
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
    return uri;
  }

  async change(uri: string, text: string): Promise<number> {
    const version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
    return version;
  }

  /** Diagnostics of a file, as soon as they are as wanted. */
  async diagnostics(
    uri: string,
    wanted: (found: readonly Diagnostic[], version: number | undefined) => boolean = () => true,
  ): Promise<Diagnostic[]> {
    const latest = () => this.published.filter((one) => one.uri === uri).at(-1);
    return this.until(() => {
      const found = latest();
      return found !== undefined && wanted(found.diagnostics, found.version) ? found.diagnostics : undefined;
    });
  }

  /** Waits for something that the server says. The test's own time limit ends a wait in vain. */
  async until<T>(found: () => T | undefined): Promise<T> {
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async quit(): Promise<number | null> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    const code = await this.ended;
    this.connection.dispose();
    return code;
  }

  #wake(): void {
    for (const resume of this.#waiting) resume();
    this.#waiting.clear();
  }
}

/** Writes files below a folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
