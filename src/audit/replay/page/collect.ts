import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { compiledOf, inputText, inputValue } from '../../../engine/index.ts';
import type { LogReader } from '../../../ledger/index.ts';
import { type Bundle, CEDAR_VERSION, cedarCode, isRegoPolicy, type Policy } from '../../../policy/index.ts';
import { ExhibitError } from '../../../record/index.ts';
import { isStopped } from '../compare.ts';
import type { Material, Replay } from '../replay.ts';
import { ruleText } from '../rule-text.ts';
import type { Outcome, Replayed } from '../types.ts';
import type { PageBundle, PageCedar, PageData, PageDecision } from './data.ts';

/** Most decisions of one page, and most bytes that it carries: a browser has to hold them. */
const MOST_DECISIONS = 100;
const MOST_BYTES = 64 * 1024 * 1024;

const packed = (bytes: Uint8Array | string) => gzipSync(bytes, { level: 9 }).toString('base64');

/**
 * Puts together what a page needs to perform decisions again: the engines that made them, of each bundle the module as OPA made it, of each
 * decision its record, the text of its rules, the stored input, and what decides about a verdict.
 * @throws ExhibitError USAGE: more than one page holds
 */
export async function pageData(
  replay: Replay,
  replayed: readonly Replayed[],
  { reader, version }: { reader: LogReader; version: string },
): Promise<PageData> {
  if (replayed.length > MOST_DECISIONS)
    throw new ExhibitError(
      'USAGE',
      `${replayed.length} decisions are more than one page holds (${MOST_DECISIONS})`,
      {
        hint: 'Ask for fewer records, or give --limit.',
      },
    );
  const { origin, size, root } = await reader.checkpoint();
  const bundles = new Map<string, PageBundle>();
  let cedar: PageCedar | undefined;
  const decisions: PageDecision[] = [];
  for (const one of replayed) {
    if (one.entry === undefined)
      throw new ExhibitError('NOT_FOUND', `no record of the log has the id ${one.record_id}`);
    const material = await replay.material(one);
    const decision = await decisionOf(one, material, reader);
    decisions.push(decision);
    if ('reason' in material || decision.again === undefined) continue;
    const { bundle } = material.loaded;
    const { revision, opa_version } = bundle;
    const carried = bundles.get(bundle.digest) ?? { revision, opa_version };
    bundles.set(bundle.digest, carried);
    // Each engine is carried where a decision of the page was made by it, and only there: Cedar alone is more than all else.
    if (isRegoPolicy(decision.again.policy)) carried.rego ??= regoOf(bundle);
    else cedar ??= cedarOf();
  }
  const page: PageData = {
    ...{ schemaVersion: 1, version, ledger: { origin, size, root }, bundles: Object.fromEntries(bundles) },
    ...(cedar === undefined ? {} : { cedar }),
    decisions,
  };
  const bytes = JSON.stringify(page).length;
  if (bytes > MOST_BYTES)
    throw new ExhibitError('USAGE', `the page would have ${bytes} bytes; ${MOST_BYTES} is the most`, {
      hint: 'Ask for fewer records: their inputs or bundles are large.',
    });
  return page;
}

function regoOf(bundle: Bundle): NonNullable<PageBundle['rego']> {
  const { wasm, data } = compiledOf(bundle);
  return { wasm: packed(wasm), wasm_sha256: hash('sha256', wasm, 'hex'), data: packed(data) };
}

function cedarOf(): PageCedar {
  const wasm = cedarCode();
  return { version: CEDAR_VERSION, wasm: packed(wasm), wasm_sha256: hash('sha256', wasm, 'hex') };
}

async function decisionOf(
  one: Replayed,
  material: Material | { reason: string; text: string },
  reader: LogReader,
): Promise<PageDecision> {
  const { entry, record_id: _, ...outcome } = one;
  const { index, record } = entry as NonNullable<typeof entry>;
  const base = { index, record, told: outcome };
  if ('reason' in material) return { ...base, rules: [], why_not: material.text };
  const { once, loaded, document } = material;
  const { bundle, expires } = loaded;
  const stored = Buffer.from(await reader.blob(once.input_ref));
  const told = { ...base, rules: ruleText(bundle, once.policy_id), input: packed(stored) };
  const policy = bundle.policies.find(({ id }) => id === once.policy_id);
  if (policy === undefined) return { ...told, why_not: 'the bundle has no such policy' };
  const why_not = notHere(policy, outcome);
  if (why_not !== undefined) return { ...told, why_not };
  const { value, locate: __, ...about } = document;
  const text = inputText(value);
  return {
    ...told,
    again: {
      bundle: bundle.digest,
      policy: { ...policy, redact: [...new Set(bundle.policies.flatMap(({ redact }) => redact))].sort() },
      overrides: bundle.overrides.filter((override) => override.policy === policy.id),
      document: about,
      ...(followsFrom(stored, text) ? {} : { value: packed(text) }),
      ...(once.facts === undefined ? {} : { facts: once.facts }),
      details: once.details,
      expires: [...expires],
    },
  };
}

/** Why a page does not perform a decision, though all of it is kept. */
function notHere(policy: Policy, told: Outcome): string | undefined {
  // What comes to no end would keep the page from all that stands below it.
  const again = told.outcome === 'cannot' ? undefined : told.again;
  if ((told.outcome === 'cannot' && told.reason === 'limit') || isStopped(again?.verdict, again?.message))
    return 'its rule did not come to an end within the limit of time of the command line, and a page has no such limit';
  if (policy.style === 'cedar' || isRegoPolicy(policy)) return undefined;
  return `its rules are of the style ${policy.style}, whose engine runs neither here nor at the command line`;
}

/** Whether a browser finds the value by reading the stored bytes as JSON; YAML it does not read. */
function followsFrom(stored: Uint8Array, text: string): boolean {
  try {
    return inputText(inputValue(new TextDecoder('utf-8', { fatal: true }).decode(stored))) === text;
  } catch {
    return false;
  }
}
