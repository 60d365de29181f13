/**
 * The program of the page: performs each decision again with the module that the page carries, and writes what it says beside what was
 * recorded. It asks for nothing from outside. Texts of records and inputs are attacker-controlled: they go into the page as text only.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PageData, PageDecision } from './data.ts';
import { type Performed, Performer } from './perform.ts';

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
  place.textContent = text;
  if (state !== undefined) place.setAttribute('data-state', state);
}

async function unpacked(text: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const words = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function performerOf({ bundles }: PageData, digest: string): Promise<Performer> {
  const bundle = bundles[digest];
  if (bundle === undefined) throw new Error(`the page has no bundle ${digest}`);
  const wasm = await unpacked(bundle.wasm);
  const found = bytesToHex(sha256(wasm));
  if (found !== bundle.wasm_sha256) throw new Error(`policy.wasm is not the one that was put in: ${found}`);
  return Performer.of({ wasm, data: await unpacked(bundle.data) });
}

async function performOne(
  decision: PageDecision,
  performer: (digest: string) => Promise<Performer>,
): Promise<Performed | undefined> {
  const { again, input, record } = decision;
  if (again === undefined || input === undefined) return undefined;
  const stored = await unpacked(input);
  const digest = `sha256:${bytesToHex(sha256(stored))}`;
  if (digest !== record.input_ref)
    throw new Error(`the input has the digest ${digest}, and the record names ${record.input_ref}`);
  const value = again.value === undefined ? words(stored) : words(await unpacked(again.value));
  return (await performer(again.bundle)).perform(decision, again, value);
}

/** Why what this browser says is not what was recorded, as far as the page shows it. */
function explained({ told }: PageDecision, { said }: Performed): string {
  switch (told.outcome) {
    case 'differs':
      return told.why.map(({ text }) => text).join('; ');
    case 'cannot':
      return `the command line could not perform it: ${told.text}`;
    case 'same':
      return said === undefined
        ? 'the command line found what was recorded, and here the subject is not found: the page was changed, or this browser computes otherwise'
        : 'the command line found what was recorded: the page was changed, or this browser computes otherwise';
  }
}

function show(at: number, decision: PageDecision, performed: Performed): boolean {
  const { said, differences } = performed;
  for (const field of ['verdict', 'disposition', 'override_id', 'message'] as const)
    put(`here-${at}-${field}`, said?.[field] ?? 'none');
  const same = differences.length === 0;
  const told = differences.map(
    ({ field, recorded, again }) => `${field}: recorded ${recorded ?? 'none'}, here ${again ?? 'none'}`,
  );
  put(
    `outcome-${at}`,
    same ? 'The same as recorded.' : `DIFFERS. ${told.join('; ')}. Why: ${explained(decision, performed)}.`,
    same ? 'same' : 'differs',
  );
  return same;
}

async function main(): Promise<void> {
  const data = JSON.parse(page.getElementById('data')?.textContent ?? '') as PageData;
  const performers = new Map<string, Promise<Performer>>();
  const performer = (digest: string) => {
    const known = performers.get(digest) ?? performerOf(data, digest);
    performers.set(digest, known);
    return known;
  };
  const counts = { same: 0, differs: 0, not: 0 };
  for (const [at, decision] of data.decisions.entries()) {
    try {
      const performed = await performOne(decision, performer);
      if (performed === undefined) counts.not += 1;
      else counts[show(at, decision, performed) ? 'same' : 'differs'] += 1;
    } catch (error) {
      counts.not += 1;
      put(
        `outcome-${at}`,
        `NOT PERFORMED. ${error instanceof Error ? error.message : String(error)}.`,
        'failed',
      );
    }
  }
  const { same, differs, not } = counts;
  put(
    'done',
    `Performed here: ${same + differs} of ${data.decisions.length}. The same: ${same}. Differ: ${differs}. Not performed: ${not}.`,
    differs > 0 ? 'differs' : not > 0 ? 'failed' : 'same',
  );
}

main().catch((error: unknown) => {
  put(
    'done',
    `NOT PERFORMED. This browser cannot: ${error instanceof Error ? error.message : String(error)}.`,
    'failed',
  );
});
