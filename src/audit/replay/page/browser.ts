/**
 * The program of the page: performs each decision again with the engines that the page carries, and writes what it says beside what was
 * recorded. It asks for nothing from outside. Texts of records and inputs are attacker-controlled: they go into the page as text only.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { visible } from '../../../record/index.ts';
import { COMPARED_FIELDS } from '../compare.ts';
import type { Outcome } from '../types.ts';
import { hasCedarEnded, useCedar } from './cedar.ts';
import type { PageBundle, PageData, PageDecision } from './data.ts';
import { Performer } from './perform.ts';

/** What of the document is used; TypeScript has its types in a library that the rest must not see. */
interface Place {
  textContent: string | null;
  setAttribute(name: string, value: string): void;
}
interface Page {
  getElementById(id: string): Place | null;
}
const page = (globalThis as unknown as { document: Page }).document;

function put(id: string, text: string, state?: string): void {
  const place = page.getElementById(id);
  if (place === null) return;
  place.textContent = visible(text);
  if (state !== undefined) place.setAttribute('data-state', state);
}

async function unpacked(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const words = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** WebAssembly of the page, if it is the one whose digest the page shows. */
async function codeOf(name: string, { wasm, wasm_sha256 }: { wasm: string; wasm_sha256: string }) {
  const code = await unpacked(wasm);
  const found = bytesToHex(sha256(code));
  if (found !== wasm_sha256) throw new Error(`${name} is not the one that was put in: ${found}`);
  return code;
}

const once = <T>(make: () => T): (() => T) => {
  let made: { it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
};

/** What performs the decisions of a page, each part loaded for the first that needs it. */
class Engines {
  readonly #data: PageData;
  readonly #performers = new Map<string, () => Promise<Performer>>();
  readonly cedar: () => Promise<void>;

  constructor(data: PageData) {
    this.#data = data;
    this.cedar = once(async () => {
      if (data.cedar === undefined) throw new Error('the page has no Cedar');
      await useCedar(await codeOf('cedar_wasm_bg.wasm', data.cedar));
    });
  }

  performer(digest: string): Promise<Performer> {
    const bundle = Object.hasOwn(this.#data.bundles, digest) ? this.#data.bundles[digest] : undefined;
    if (bundle === undefined) throw new Error(`the page has no bundle ${digest}`);
    const known = this.#performers.get(digest) ?? once(() => this.#performerOf(bundle));
    this.#performers.set(digest, known);
    return known();
  }

  async #performerOf(bundle: PageBundle): Promise<Performer> {
    const { version } = this.#data;
    const { rego } = bundle;
    if (rego === undefined) return Performer.of(bundle, version);
    const wasm = await codeOf('policy.wasm', rego);
    return Performer.of(bundle, version, { wasm, data: await unpacked(rego.data) });
  }
}

async function performOne(decision: PageDecision, engines: Engines): Promise<Outcome | undefined> {
  const { again, input, record } = decision;
  if (again === undefined || input === undefined) return undefined;
  const stored = await unpacked(input);
  const digest = `sha256:${bytesToHex(sha256(stored))}`;
  if (digest !== record.input_ref)
    throw new Error(`the input has the digest ${digest}, and the record names ${record.input_ref}`);
  if (again.bundle !== record.bundle_digest)
    throw new Error(
      `it would be performed by the bundle ${again.bundle}, and the record names ${record.bundle_digest}`,
    );
  const value = again.value === undefined ? words(stored) : words(await unpacked(again.value));
  if (again.policy.style === 'cedar') await engines.cedar();
  const outcome = await (await engines.performer(again.bundle)).perform({ decision, again, input: value });
  if (again.policy.style === 'cedar' && hasCedarEnded())
    throw new Error('Cedar ended in the middle of a decision before, and a page loads it once');
  return outcome;
}

/** Whether the command line found the same, field by field. */
function agrees({ told }: PageDecision, here: Outcome): boolean {
  const said = (outcome: Outcome) =>
    outcome.outcome === 'cannot'
      ? outcome.reason
      : COMPARED_FIELDS.map((field) => outcome.again?.[field] ?? null);
  return told.outcome === here.outcome && JSON.stringify(said(told)) === JSON.stringify(said(here));
}

const ANOTHER =
  'The command line found something else when it made the page: the page was changed, or this browser computes otherwise.';

function show(at: number, decision: PageDecision, outcome: Outcome): void {
  const said = outcome.outcome === 'cannot' ? undefined : outcome.again;
  for (const field of COMPARED_FIELDS) put(`here-${at}-${field}`, said?.[field] ?? 'none');
  const differences = outcome.outcome === 'differs' ? outcome.differences : [];
  const told = differences.map(
    ({ field, recorded, again }) => `${field}: recorded ${recorded ?? 'none'}, here ${again ?? 'none'}`,
  );
  const why = outcome.outcome === 'differs' ? outcome.why.map(({ text }) => text).join('; ') : '';
  const words = {
    same: 'The same as recorded.',
    differs: `DIFFERS. ${told.join('; ')}. Why: ${why}.`,
    cannot: `NOT PERFORMED. ${outcome.outcome === 'cannot' ? outcome.text : ''}.`,
  }[outcome.outcome];
  const state = { same: 'same', differs: 'differs', cannot: 'failed' }[outcome.outcome];
  const other = agrees(decision, outcome);
  put(`outcome-${at}`, other ? words : `${words} ${ANOTHER}`, other ? state : 'differs');
}

async function main(): Promise<void> {
  const data = JSON.parse(page.getElementById('data')?.textContent ?? '') as PageData;
  const engines = new Engines(data);
  const counts = { same: 0, differs: 0, cannot: 0, otherwise: 0 };
  for (const [at, decision] of data.decisions.entries()) {
    try {
      const outcome = await performOne(decision, engines);
      counts[outcome?.outcome ?? 'cannot'] += 1;
      if (outcome === undefined) continue;
      if (!agrees(decision, outcome)) counts.otherwise += 1;
      show(at, decision, outcome);
    } catch (error) {
      counts.cannot += 1;
      put(
        `outcome-${at}`,
        `NOT PERFORMED. ${error instanceof Error ? error.message : String(error)}.`,
        'failed',
      );
    }
  }
  const { same, differs, cannot, otherwise } = counts;
  const than = otherwise === 0 ? '' : ` Otherwise than the command line: ${otherwise}.`;
  put(
    'done',
    `Performed here: ${same + differs} of ${data.decisions.length}. The same: ${same}. Differ: ${differs}. Not performed: ${cannot}.${than}`,
    differs + otherwise > 0 ? 'differs' : cannot > 0 ? 'failed' : 'same',
  );
}

main().catch((error: unknown) => {
  put(
    'done',
    `NOT PERFORMED. This browser cannot: ${error instanceof Error ? error.message : String(error)}.`,
    'failed',
  );
});
