import { notReconciled } from '../../audit/index.ts';
import { csvField } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { tellGenerated } from '../generated.ts';
import { populationDocument } from '../population/document.ts';
import { populationText } from '../population/text.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import type { SampleFacts } from './facts.ts';
import { sampleSchema } from './schema.ts';

export function showSample(facts: SampleFacts, output: 'table' | 'json' | 'csv', context: Context): void {
  const { stdout, stderr } = context;
  const generated = tellGenerated(facts.population.ledger.origin, output, context);
  switch (output) {
    case 'json':
      stdout.write(`${inertJson(document(facts, generated), 2)}\n`);
      return;
    case 'csv':
      stdout.write(csv(facts));
      // A table for a spreadsheet has no place for it.
      for (const line of warnings(facts)) stderr.write(sentence(line, stderr));
      return;
    case 'table':
      stdout.write(populationText(facts, stdout));
      stdout.write(`\n${table(drawnRows(facts), stdout)}\n`);
      for (const line of warnings(facts)) stdout.write(sentence(line, stdout));
      stdout.write(`\n${table(itemRows(facts), stdout)}`);
  }
}

function drawnRows({ drawn, details, recorded, proven, end }: SampleFacts): string[][] {
  const { rule, strata, items, items_digest, nonce, seed } = drawn;
  return [
    ['sample', `${items.length} of ${details.population}${end.over ? '' : ', INTERIM'}`],
    ['size', ruleText(rule)],
    ...(details.method.strata === undefined
      ? []
      : strata.map(({ name, population, size }) => ['stratum', `${name}: ${size} of ${population}`])),
    ['nonce', `${nonce} (${details.nonce_by})`],
    ['seed', seed],
    ['items digest', items_digest],
    [
      'recorded',
      'record_id' in recorded
        ? `${recorded.record_id}, index ${recorded.log_index}`
        : `NOT ON RECORD: ${recorded.not_recorded}`,
    ],
    [
      'proofs',
      `${proven.sizes.length} verified, with keys of ${proven.keys === 'given' ? 'the caller' : proven.keys}`,
    ],
  ];
}

function ruleText(rule: SampleFacts['drawn']['rule']): string {
  switch (rule.rule) {
    case 'all':
      return `census: ${rule.why}`;
    case 'given':
      return `${rule.size}, as it was given`;
    case 'table':
      return `by table: ${rule.source}`;
    case 'zero deviations':
      return `${rule.confidence_ppm / 10_000} % confidence, ${rule.tolerable_ppm / 10_000} % tolerable, no deviation expected`;
  }
}

/** Said with every answer: which draw this is, and what is not sure. */
function warnings({
  details,
  draws_unknown,
  open,
  reconciled,
  compared,
  end,
  recorded,
}: SampleFacts): string[] {
  return [
    'record_id' in recorded
      ? `draw ${details.draw} of this population (${details.same_population} of the very same items); exhibit sample list shows all`
      : `this draw is NOT ON RECORD: who draws until it pleases is seen by nobody. Given in the folder that writes the log, the same command with --nonce ${details.nonce} draws the same items, and puts the draw on record`,
    ...(draws_unknown === undefined ? [] : [`THERE MAY BE MORE DRAWS: ${draws_unknown}`]),
    ...(end.over ? [] : ['INTERIM: the period is not over, and this is a sample of a part of it']),
    ...(open.length === 0
      ? []
      : ['the population is NOT KNOWN TO BE WHOLE, so nor is what the sample stands for']),
    ...(reconciled
      ? []
      : [
          `the population is ${notReconciled(compared)}${compared.length === 0 ? ' with another source' : ''}`,
        ]),
  ];
}

const HEAD = ['index', 'layer', 'policy', 'subject', 'verdict', 'disposition', 'failed'];

function itemRows({ drawn }: SampleFacts): string[][] {
  const rows = drawn.items.map(({ row, failed, decisions }) => [
    String(row.log_index),
    row.layer,
    row.policy_id,
    row.subject_id ?? '',
    row.verdict,
    row.disposition ?? '',
    `${failed} of ${decisions}`,
  ]);
  return [HEAD, ...rows];
}

/**
 * RFC 4180; a name that a spreadsheet would run as a formula gets a quote in front. Which draw it is stands in each row: rows are copied
 * without what stands around them.
 */
function csv(facts: SampleFacts): string {
  const { details, end, open, reconciled, recorded } = facts;
  const said = [
    ['draw', String(details.draw)],
    ['draw_record', 'record_id' in recorded ? recorded.record_id : 'not on record'],
    ['interim', String(!end.over)],
    ['whole', String(open.length === 0)],
    ['reconciled', String(reconciled)],
  ];
  const records = ['record', ...facts.drawn.items.map(({ row }) => row.record_id)];
  return itemRows(facts)
    .map((row, at) => [
      records[at] ?? '',
      ...row,
      ...said.map(([name = '', value = '']) => (at === 0 ? name : value)),
    ])
    .map((row) => `${row.map(csvField).join(',')}\r\n`)
    .join('');
}

function document(facts: SampleFacts, generated: { generated?: string }) {
  const { drawn, details, recorded, earlier, draws_unknown, proven, end, exit_code } = facts;
  return sampleSchema.parse({
    schemaVersion: 1,
    ...generated,
    ...populationDocument(facts),
    interim: !end.over,
    draw: {
      ...recorded,
      number: details.draw,
      same_population: details.same_population,
      earlier: earlier.map(({ kind: _, ...past }) => past),
      unknown: draws_unknown,
    },
    nonce: drawn.nonce,
    nonce_by: details.nonce_by,
    seed: drawn.seed,
    rule: drawn.rule,
    method: details.method,
    strata: drawn.strata,
    items_digest: drawn.items_digest,
    proven_by: proven.keys,
    items: drawn.items.map(({ id, stratum, place, row, decisions, failed, undecided }, at) => ({
      id,
      stratum,
      place,
      record_id: row.record_id,
      log_index: row.log_index,
      proven_in: proven.sizes[at],
      layer: row.layer,
      policy_id: row.policy_id,
      subject_type: row.subject_type,
      subject_id: row.subject_id,
      environment: row.environment,
      verdict: row.verdict,
      disposition: row.disposition,
      decisions,
      failed,
      undecided,
    })),
    exit_code,
  });
}
