import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { compiledOf, inputText, inputValue, isBelow } from '../../../engine/index.ts';
import type { LogReader } from '../../../ledger/index.ts';
import { isRegoPolicy, type Policy } from '../../../policy/index.ts';
import { type Digest, ExhibitError, type Layer } from '../../../record/index.ts';
import { isWeakened } from '../compare.ts';
import type { Material, Replay } from '../replay.ts';
import { ruleText } from '../rule-text.ts';
import type { Replayed } from '../types.ts';
import type { PageData, PageDecision } from './data.ts';

/** Most decisions of one page, and most bytes that it carries: a browser has to hold them. */
const MOST_DECISIONS = 100;
const MOST_BYTES = 64 * 1024 * 1024;

const packed = (bytes: Uint8Array | string) => gzipSync(bytes, { level: 9 }).toString('base64');

/**
 * Puts together what a page needs to perform decisions again: of each bundle the module as OPA made it, of each decision its record, the text
 * of its rules, the stored input, and what decides about a verdict.
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
  const bundles: PageData['bundles'] = {};
  const decisions: PageDecision[] = [];
  for (const one of replayed) {
    if (one.entry === undefined)
      throw new ExhibitError('NOT_FOUND', `no record of the log has the id ${one.record_id}`);
    const material = await replay.material(one);
    decisions.push(await decisionOf(one, material, reader));
    if ('reason' in material) continue;
    const { bundle } = material.loaded;
    if (bundles[bundle.digest] !== undefined) continue;
    const { wasm, data } = compiledOf(bundle);
    bundles[bundle.digest] = {
      revision: bundle.revision,
      opa_version: bundle.opa_version,
      wasm: packed(wasm),
      wasm_sha256: hash('sha256', wasm, 'hex'),
      data: packed(data),
    };
  }
  const page: PageData = { schemaVersion: 1, version, ledger: { origin, size, root }, bundles, decisions };
  const bytes = JSON.stringify(page).length;
  if (bytes > MOST_BYTES)
    throw new ExhibitError('USAGE', `the page would have ${bytes} bytes; ${MOST_BYTES} is the most`, {
      hint: 'Ask for fewer records: their inputs or bundles are large.',
    });
  return page;
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
  const stored = Buffer.from(await reader.blob(once.input_ref));
  const told = { ...base, rules: ruleText(loaded.bundle, once.policy_id), input: packed(stored) };
  const policy = loaded.bundle.policies.find(({ id }) => id === once.policy_id);
  if (policy === undefined) return { ...told, why_not: 'the bundle has no such policy' };
  if (!isRegoPolicy(policy)) return { ...told, why_not: otherEngine(policy) };
  const { environment, repository, file, observed_at, verdict } = record;
  const layer = record.layer as Layer;
  const stated = policy.layers[layer] ?? 'enforce';
  const below = record.verdict === 'fail' && isBelow(policy.severity, once.facts?.fail_on);
  const warned = below || isWeakened(record.verdict as 'fail', once);
  const stale = verdict === 'not_evaluated' ? loaded.expires.find((each) => each <= observed_at) : undefined;
  const { value, locate: __, ...about } = document;
  const text = inputText(value);
  return {
    ...told,
    again: {
      bundle: loaded.bundle.digest as Digest,
      policy,
      rule_id: once.rule_id,
      subject_id: once.subject_id,
      document: about,
      ...(followsFrom(stored, text) ? {} : { value: packed(text) }),
      mode: warned && stated === 'enforce' ? 'warn' : stated,
      overrides: loaded.bundle.overrides.filter((override) => override.policy === policy.id),
      ...(environment === undefined ? {} : { environment }),
      ...(repository === undefined ? {} : { repository }),
      ...(file === undefined ? {} : { file }),
      ...(stale === undefined ? {} : { stale }),
    },
  };
}

/** Whether a browser finds the value by reading the stored bytes as JSON; YAML it does not read. */
function followsFrom(stored: Uint8Array, text: string): boolean {
  try {
    return inputText(inputValue(new TextDecoder('utf-8', { fatal: true }).decode(stored))) === text;
  } catch {
    return false;
  }
}

function otherEngine({ style }: Policy): string {
  return style === 'cedar'
    ? 'its rules are Cedar: that engine is 4 MB of WebAssembly, which a page does not carry; exhibit replay performs it'
    : `its rules are of the style ${style}, which no page performs; exhibit replay says what can be`;
}
