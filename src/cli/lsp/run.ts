import type { Readable, Writable } from 'node:stream';
import { createConnection, TextDocumentSyncKind, TextDocuments } from 'vscode-languageserver';
import {
  createProtocolConnection,
  type InitializeParams,
  LSPErrorCodes,
  MessageType,
  type ProtocolConnection,
  ResponseError,
  ShowMessageNotification,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { VERSION } from '../version.ts';
import { frames } from './frames.ts';
import { pathOf } from './places.ts';
import { type Client, Service } from './service.ts';
import { readSettings, type Settings } from './settings.ts';

/** How often it is looked whether the editor still lives, in milliseconds. */
const PARENT_TICK = 3_000;

export interface Streams {
  input: Readable;
  output: Writable;
}

/**
 * Speaks the Language Server Protocol until the editor says exit, goes away or closes the stream.
 * @param given settings of the command line: they win over those of the editor
 * @returns as the protocol asks: 0 after a shutdown, else 1
 * @throws ExhibitError USAGE, INPUT_TOO_LARGE where what comes is no message
 */
export async function serve(given: Settings, context: Context, streams: Streams): Promise<ExitCode> {
  const ended = Promise.withResolvers<ExitCode>();
  const guarded = frames();
  streams.input.on('error', (error) => guarded.destroy(error)).pipe(guarded);
  guarded.on('error', (error) => ended.reject(error));
  // An editor that is gone does not read what is still written.
  streams.output.on('error', () => ended.resolve(EXIT.violation));
  const protocol = createProtocolConnection(
    new StreamMessageReader(guarded),
    new StreamMessageWriter(streams.output),
  );
  const watch = watchdog((code) => ended.resolve(code));
  const service = speak(protocol, watch, given, context);
  guarded.on('end', () => ended.resolve(watch.shutdownReceived ? EXIT.ok : EXIT.violation));
  try {
    return await ended.promise;
  } finally {
    watch.close();
    await service.close();
    protocol.dispose();
    streams.input.destroy();
  }
}

function speak(
  protocol: ProtocolConnection,
  watch: ReturnType<typeof watchdog>,
  given: Settings,
  context: Context,
): Service {
  const connection = createConnection(() => protocol, watch);
  const documents = new TextDocuments(TextDocument);
  const client: Client = {
    publish: (uri, version, diagnostics) =>
      void connection.sendDiagnostics({ uri, version, diagnostics }).catch(() => undefined),
    // A notice, and no question: nothing waits for an answer.
    tell: (severity, message) =>
      void connection
        .sendNotification(ShowMessageNotification.type, {
          type: severity === 'error' ? MessageType.Error : MessageType.Warning,
          message,
        })
        .catch(() => undefined),
    log: (message) => connection.console.warn(message),
    markdown: false,
    related: false,
  };
  const service = new Service(documents, client, context);
  const settle = (value: unknown) => {
    const settings = readSettings(value);
    if (typeof settings === 'string')
      client.tell('error', `The settings of exhibit are not used: ${settings}`);
    else service.setSettings({ ...settings, ...given });
  };

  let asks = false;
  let watchesFolders = false;
  connection.onInitialize((params) => {
    const { workspace, textDocument } = params.capabilities;
    asks = workspace?.configuration === true;
    watchesFolders = workspace?.workspaceFolders === true;
    client.markdown = textDocument?.hover?.contentFormat?.includes('markdown') === true;
    client.related = textDocument?.publishDiagnostics?.relatedInformation === true;
    service.setFolders(foldersOf(params));
    settle(params.initializationOptions);
    return {
      serverInfo: { name: 'exhibit', version: VERSION },
      capabilities: {
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: { includeText: false },
        },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix'] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });
  connection.onInitialized(async () => {
    if (watchesFolders)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => pathOf(uri)));
        const kept = service.folders.filter((path) => !gone.has(path));
        service.setFolders([...new Set([...kept, ...added.flatMap(({ uri }) => pathOf(uri) ?? [])])]);
      });
    if (asks) await pull();
  });
  const pull = async () => {
    const value: unknown = await connection.workspace.getConfiguration('exhibit').catch(() => undefined);
    // Null: the editor has no such section, and what it said at the start stays.
    if (typeof value === 'object' && value !== null) settle(value);
  };
  connection.onDidChangeConfiguration(async ({ settings }) => {
    if (asks) await pull();
    else settle((settings as { exhibit?: unknown } | null)?.exhibit);
  });

  documents.onDidOpen(({ document }) => service.open(document));
  documents.onDidChangeContent(({ document }) => service.changed(document));
  documents.onDidSave(({ document }) => service.open(document));
  documents.onDidClose(({ document }) => service.closed(document));
  documents.listen(connection);

  connection.onHover(async (params, token) => {
    await turn();
    return token.isCancellationRequested ? cancelled() : ((await service.hover(params)) ?? null);
  });
  connection.onCodeAction(async (params, token) => {
    await turn();
    return token.isCancellationRequested ? cancelled() : service.actions(params);
  });
  connection.onShutdown(() => undefined);
  connection.listen();
  return service;
}

/** A request that was cancelled while others were answered is not worked on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const cancelled = () => new ResponseError<void>(LSPErrorCodes.RequestCancelled, 'cancelled by the editor');

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri == null ? [] : [rootUri]);
  return uris.flatMap((uri) => pathOf(uri) ?? []);
}

/** Ends the server when the editor says so, or is gone. */
function watchdog(end: (code: ExitCode) => void) {
  let timer: NodeJS.Timeout | undefined;
  const watch = {
    shutdownReceived: false,
    initialize({ processId }: InitializeParams) {
      if (typeof processId !== 'number') return;
      timer = setInterval(() => {
        try {
          process.kill(processId, 0);
        } catch (error) {
          // Somebody else's process is a living one.
          if ((error as NodeJS.ErrnoException).code === 'ESRCH') watch.exit(1);
        }
      }, PARENT_TICK).unref();
    },
    exit(code: number) {
      end(code === 0 ? EXIT.ok : EXIT.violation);
    },
    close() {
      clearInterval(timer);
    },
  };
  return watch;
}
