import type { CodeAction, Diagnostic } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Shown } from './diagnostic-text.ts';
import type { DiagnosticData } from './diagnostics.ts';
import { type ProposedEdit, proposeEdit } from './proposed-edit.ts';

interface Offer {
  shown: Shown;
  /** Made when the client asks for it. */
  edit: ProposedEdit | undefined;
}

/** What policies proposed for one version of a file each. */
export class Offers {
  readonly #log: (message: string) => void;
  readonly #files = new Map<string, { version: number; offers: Offer[] }>();

  constructor(log: (message: string) => void) {
    this.#log = log;
  }

  drop(uri: string): void {
    this.#files.delete(uri);
  }

  /** @param proposed what was shown, by the number that its diagnostic carries */
  set(uri: string, version: number, proposed: readonly Shown[]): void {
    this.#files.set(uri, { version, offers: proposed.map((shown) => ({ shown, edit: undefined })) });
  }

  /** Quick fixes for the diagnostics that the client names, if the file is still the one that was judged. */
  actions(text: TextDocument, diagnostics: readonly Diagnostic[]): CodeAction[] {
    const known = this.#files.get(text.uri);
    if (known === undefined || known.version !== text.version) return [];
    return diagnostics.flatMap((diagnostic) => {
      const { edit: number } = (diagnostic.data ?? {}) as Partial<DiagnosticData>;
      const one = number === undefined ? undefined : known.offers[number];
      if (one === undefined) return [];
      one.edit ??= this.#propose(text, one.shown);
      if (one.edit === undefined) return [];
      const { path, value, change } = one.edit;
      const range = { start: text.positionAt(change.start), end: text.positionAt(change.end) };
      return [
        {
          title: `Set ${path.slice(-2).join('.')} to ${JSON.stringify(value)} (${one.shown.policy_id})`,
          kind: 'quickfix',
          diagnostics: [diagnostic],
          isPreferred: true,
          edit: { changes: { [text.uri]: [{ range, newText: change.text }] } },
        },
      ];
    });
  }

  #propose(text: TextDocument, { document, edit, policy_id }: Shown): ProposedEdit | undefined {
    if (document === undefined) return undefined;
    const proposed = proposeEdit(text.getText(), document, edit);
    if (typeof proposed !== 'string') return proposed;
    this.#log(`no quick fix of ${policy_id} in ${document.file}: ${proposed}`);
    return undefined;
  }
}
