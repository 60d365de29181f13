import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { QueryAnswer } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Stage } from './stage.ts';

export const PERIOD = { from: '2026-11-16', to: '2026-11-20' };
export const CONTROL = 'soc2/cc6.1';
/** The program that checks without Exhibit: one file that needs Node alone. */
export const VERIFIER = 'exhibit-verify.mjs';

/** Verdicts by control and day, for the picture. */
const BY_DAY = `SELECT m.control, f.year || '-' || f.month || '-' || f.day AS recorded_day, f.verdict,
  CASE WHEN f.verdict = 'fail' AND f.disposition = 'enforced' AND f.layer IN ('pre-commit', 'ci', 'admission') THEN 'stopped' ELSE f.disposition END AS disposition,
  count(*) AS decisions
FROM fact f JOIN control_map m ON m.map_digest = f.control_map_digest AND m.policy_id = f.policy_id
WHERE m.framework = 'soc2' AND f.record_type = 'decision'
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

/** Titles of controls and policies, for readers who do not know the ids. */
const CONTROL_TITLES =
  "SELECT control, title FROM framework_controls WHERE framework = 'soc2' AND is_current";
const POLICY_TITLES = 'SELECT policy_id, title FROM policy WHERE is_current';

/** Answers that the page shows. */
export interface Answers {
  verdicts: QueryAnswer;
  undecided: QueryAnswer;
  recovery: QueryAnswer;
  overrides: QueryAnswer;
  days: QueryAnswer;
  controlTitles: QueryAnswer;
  policyTitles: QueryAnswer;
}

/** Saturday, an hour after midnight and more: the week's days are closed. */
export async function closeDays(stage: Stage): Promise<void> {
  stage.say('\nSaturday: the days are closed into the lake');
  stage.at('2026-11-21T02:00:00Z');
  const closed = await stage.run(0, 'lake', 'close', 'evidence', '--all');
  const lines = closed.stdout
    .trim()
    .split('\n')
    .filter((line) => line.includes(' closed: '));
  if (lines.length !== 5)
    throw new ExhibitError(
      'INTERNAL',
      `5 days should have been closed, not ${lines.length}: ${closed.stdout}`,
    );
  stage.say(`  ✓ ${lines.length} days, one Parquet file by control and day, such as`);
  stage.say('    evidence/soc2/cc6.1/year=2026/month=11/day=16/evidence.parquet');
  await stage.run(0, 'lake', 'verify', 'evidence');
  await stage.run(0, 'lake', 'rebuild', 'evidence');
  stage.say('  ✓ rebuilt from the ledger: the same bytes');
}

/** The auditor's questions, each with its coverage header. */
export async function ask(stage: Stage): Promise<Answers> {
  stage.say(`\nAn auditor asks about ${CONTROL}, ${PERIOD.from} to ${PERIOD.to}`);
  const question = async (...more: string[]): Promise<QueryAnswer> => {
    const { stdout } = await stage.run(
      0,
      'query',
      '--evidence',
      'evidence',
      '--from',
      PERIOD.from,
      '--to',
      PERIOD.to,
      ...more,
      '-o',
      'json',
    );
    const answer = JSON.parse(stdout) as QueryAnswer;
    if (!answer.coverage.complete)
      throw new ExhibitError('INTERNAL', `the answer to ${more.join(' ')} is not complete`);
    return answer;
  };
  const control = ['--control', CONTROL];
  const answers = {
    verdicts: await question('verdicts-by-day', ...control),
    undecided: await question('undecided', ...control),
    recovery: await question('failures-and-recovery', ...control),
    overrides: await question('overrides-in-force'),
    days: await question('--sql', BY_DAY),
    controlTitles: await question('--sql', CONTROL_TITLES),
    policyTitles: await question('--sql', POLICY_TITLES),
  };
  const { coverage, row_count } = answers.verdicts;
  stage.say(
    `  ✓ all files read: ${coverage.found} of ${coverage.expected}, ${coverage.rows_found} rows as in their manifests`,
  );
  stage.say(
    `  ✓ ${row_count} rows of verdicts by day; ${answers.recovery.row_count} failures with their time to pass`,
  );
  stage.say(`  ✓ ${answers.overrides.row_count} override, with owner, approver, sunset and its uses`);
  return answers;
}

/** One record leaves with its proof and is checked by the one-file verifier, in a process of its own. */
export async function prove(stage: Stage): Promise<void> {
  const sql =
    "SELECT record_id FROM fact WHERE verdict = 'fail' AND policy_id = 'container-not-privileged' ORDER BY log_index LIMIT 1";
  const { stdout } = await stage.run(
    0,
    'query',
    '--evidence',
    'evidence',
    '--sql',
    sql,
    '--from',
    PERIOD.from,
    '--to',
    PERIOD.to,
    '-o',
    'json',
  );
  const id = String((JSON.parse(stdout) as QueryAnswer).rows[0]?.[0]);
  writeFileSync(
    stage.path('record.json'),
    (await stage.run(0, 'ledger', 'proof', 'evidence', id, '--record')).stdout,
  );
  writeFileSync(
    stage.path('record.tlog-proof'),
    (await stage.run(0, 'ledger', 'proof', 'evidence', id)).stdout,
  );
  writeFileSync(stage.path('checkpoint'), (await stage.run(0, 'ledger', 'checkpoint', 'evidence')).stdout);
  const vkey = stage.path('log.vkey');
  const program = verifier();
  if (program.endsWith('.mjs')) copyFileSync(program, stage.path(VERIFIER));
  const out = execFileSync(
    process.execPath,
    [program, 'record', stage.path('record.json'), stage.path('record.tlog-proof'), '--vkey', vkey],
    { encoding: 'utf8' },
  );
  stage.say('  ✓ the first fail leaves with its proof; the one-file verifier says');
  for (const line of out.trim().split('\n'))
    stage.say(`    ${line.length > 76 ? `${line.slice(0, 73)}...` : line}`);
  const whole = await stage.run(0, 'verify', 'ledger', 'evidence', '--vkey', vkey, '--known', 'checkpoint');
  stage.say(`  ✓ the whole log holds: ${/size\s+(\d+)/.exec(whole.stdout)?.[1] ?? '?'} records`);
}

/** The published one-file verifier; in a checkout without a build, its source. */
export function verifier(): string {
  for (let at = import.meta.dirname; ; at = join(at, '..')) {
    for (const file of [
      join(at, VERIFIER),
      join(at, 'dist', VERIFIER),
      join(at, 'src', 'verify', 'standalone.ts'),
    ]) {
      if (existsSync(file)) return file;
    }
    if (join(at, '..') === at) throw new ExhibitError('NOT_FOUND', 'this installation holds no verifier');
  }
}
