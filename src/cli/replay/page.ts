import { readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { COMPARED_FIELDS, type PageBundle, type PageData, type PageDecision } from '../../audit/index.ts';
import { ExhibitError, visible } from '../../record/index.ts';
import { dataTable, html, identifier, type Markup, renderPage, type Section } from '../../web/index.ts';
import { builtFile } from '../built.ts';

/** The program of the page, as the build makes it of src/audit/replay/page/browser.ts. */
const PROGRAM = 'exhibit-replay-page.js';

/** One page that performs decisions again in whatever browser opens it, without anything from outside. @throws ExhibitError NOT_FOUND */
export function replayPage(data: PageData): string {
  const file = builtFile(PROGRAM);
  if (file === undefined)
    throw new ExhibitError('NOT_FOUND', `${PROGRAM} is not there: this is a checkout that was not built`, {
      hint: 'npm run build makes it.',
    });
  const { ledger, version, decisions } = data;
  return renderPage({
    title: 'Decisions performed again, in this browser',
    lead: [
      `Each decision below is performed again here, now, by ${enginesOf(data)}, with the input that was stored. The page asks for nothing from outside.`,
      `From the log ${ledger.origin}, size ${ledger.size}, root ${ledger.root}. That these records are in it is not shown here: exhibit ledger proof and exhibit verify show that. Made by Exhibit ${version}.`,
    ],
    sections: [
      {
        id: 'result',
        title: 'Result',
        body: html`<p id="done" role="status">Not performed: the program of this page has not run.</p>`,
      },
      ...decisions.map((decision, at) => sectionOf(decision, at, data)),
    ],
    footer:
      'Compared is what exhibit replay compares, by the same code: each field of the tables, and whether the rule says anything of the subject.',
    program: { script: readFileSync(file, 'utf8'), data },
  });
}

function enginesOf({ bundles, cedar }: PageData): string {
  const rego = Object.values(bundles).some((bundle) => bundle.rego !== undefined);
  const by = [
    ...(rego || cedar === undefined ? ['the policy.wasm of the bundle that its record names'] : []),
    ...(cedar === undefined ? [] : [`Cedar ${cedar.version}, as its authors compiled it,`]),
  ];
  return by.length === 1
    ? (by[0] ?? '').replace(/,$/, '')
    : `${by.join(', or where its rules are Cedar by ')}`;
}

/** The page appears whole, or not at all. @throws ExhibitError USAGE */
export async function writePage(target: string, text: string): Promise<void> {
  const part = `${target}.${process.pid}.part`;
  try {
    // Nothing that lies there is written through: a link could lead elsewhere.
    await writeFile(part, text, { flag: 'wx' });
    await rename(part, target);
  } catch (cause) {
    await rm(part, { force: true });
    throw new ExhibitError('USAGE', `${target} cannot be written`, { cause, location: { file: target } });
  }
}

/** All texts are attacker-controlled: `visible` writes out what would show them in another order, and `html` escapes them. */
function sectionOf(decision: PageDecision, at: number, data: PageData): Section {
  const { record, index, again, why_not, rules, input, told } = decision;
  const bundle = again === undefined ? undefined : data.bundles[again.bundle];
  const outcome =
    again === undefined
      ? html`<p id="outcome-${at}">Not performed here: ${visible(why_not ?? '')}. What the command line finds: <code>exhibit replay ${record.record_id} --show --evidence FOLDER</code></p>`
      : html`<p id="outcome-${at}">Not performed: the program of this page has not run.</p>`;
  return {
    id: `decision-${at}`,
    title: visible(
      `${at + 1}. ${record.policy_id ?? 'no policy'}: ${record.subject_name ?? record.subject_id ?? 'no subject'}`,
    ),
    body: html`${outcome}${dataTable(`Decision ${at + 1}: what was said, and what is said now`, ['Field', 'Recorded', 'By the command line', 'Here'], fieldRows(decision, at))}
${dataTable(
  `Decision ${at + 1}: where it comes from`,
  ['What', 'Value'],
  [
    ['Record', identifier(record.record_id)],
    ['Index in the log', String(index)],
    ['Layer', record.layer ?? ''],
    ['Judged at', record.observed_at],
    ['Subject', visible(record.subject_id ?? '')],
    ['Bundle', identifier(record.bundle_digest ?? '')],
    ...(bundle === undefined
      ? []
      : engineRows(bundle, again?.policy.style === 'cedar' ? data.cedar : undefined)),
    ['Stored input', identifier(record.input_ref ?? 'none')],
  ],
)}
${toldOf(told)}${rules.map(({ file, text }) => folded(`Rule: ${file}`, text))}
${input === undefined ? undefined : folded('Stored input', inputOf(input))}
${again?.value === undefined ? undefined : folded('What was judged of it, as the command line read it', inputOf(again.value))}
${folded('Record', JSON.stringify(record, null, 2))}`,
  };
}

/** By what a decision is performed, with the digest by which it is known elsewhere. */
function engineRows({ revision, opa_version, rego }: PageBundle, cedar: PageData['cedar']) {
  const module = cedar ?? rego;
  return [
    ...(module === undefined
      ? []
      : [
          [
            cedar === undefined ? 'policy.wasm' : 'cedar_wasm_bg.wasm',
            identifier(`sha256:${module.wasm_sha256}`),
          ],
        ]),
    ['Engine', cedar === undefined ? `OPA ${opa_version}` : `Cedar ${cedar.version}`],
    ['Revision of the policies', visible(revision)],
  ];
}

function fieldRows({ record, told, again }: PageDecision, at: number) {
  const now = told.outcome === 'cannot' ? undefined : told.again;
  return COMPARED_FIELDS.map((field) => [
    field,
    visible(record[field] ?? 'none'),
    told.outcome === 'cannot' ? 'not performed' : visible(now?.[field] ?? 'none'),
    again === undefined ? 'not performed' : html`<span id="here-${at}-${field}">not performed</span>`,
  ]);
}

/** What the command line said more than its column shows. */
function toldOf(told: PageDecision['told']): Markup | undefined {
  switch (told.outcome) {
    case 'same':
      return undefined;
    case 'cannot':
      return html`<p>The command line, when it made this page: CANNOT BE RE-PERFORMED. ${visible(told.text)}.</p>`;
    case 'differs':
      return html`<p>The command line, when it made this page: DIFFERS in ${told.differences.map(({ field }) => field).join(', ')}. Why: ${visible(told.why.map(({ text }) => text).join('; '))}.</p>`;
  }
}

const MOST_SHOWN = 200_000;

function inputOf(packed: string): string {
  const text = gunzipSync(Buffer.from(packed, 'base64')).toString('utf8');
  const shown = pretty(text);
  if (shown.length <= MOST_SHOWN) return shown;
  return `${shown.slice(0, MOST_SHOWN)}\n... ${shown.length - MOST_SHOWN} more characters are not shown; they are in the page, and judged.`;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function folded(title: string, text: string): Markup {
  return html`<details><summary>${visible(title)}</summary><pre tabindex="0"><code>${visible(text)}</code></pre></details>`;
}
