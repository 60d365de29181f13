import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { ExhibitError } from '../../record/index.ts';
import { PERIOD, verifier } from './audit.ts';
import type { Stage } from './stage.ts';

export const PACK = 'soc2.zip';

/** The same week as one audit: opened, answered for every control, taken away, and checked without Exhibit. */
export async function engage(stage: Stage): Promise<void> {
  stage.say('\nAn audit is opened: soc2, this week, one auditor, until the end of the year');
  stage.at('2026-11-21T09:00:00Z');
  const evidence = ['--evidence', 'evidence', '-o', 'json'];
  const scope = ['--framework', 'soc2', '--from', PERIOD.from, '--to', PERIOD.to];
  const by = ['--auditor', 'Ada, Example Audit', '--expires', '2026-12-31'];
  const opened = await stage.run(0, 'engagement', 'open', ...scope, ...by, ...evidence);
  writeFileSync(stage.path('engagement.json'), opened.stdout);
  const [one] = (JSON.parse(opened.stdout) as { engagements: { engagement: string }[] }).engagements;
  const id = one?.engagement ?? '';
  const key = ['--vkey', 'log.vkey'];
  // A day of the week has no record, and the answer says so.
  const answer = JSON.parse((await stage.run(3, 'engagement', 'answer', id, ...key, ...evidence)).stdout) as {
    controls: { state: string }[];
    files: { found: number; expected: number };
    missing: { message: string }[];
  };
  const { controls, files, missing } = answer;
  const expected = controls.filter(({ state }) => state !== 'nothing is expected').length;
  stage.say(`  ✓ ${controls.length} controls answered, ${expected} with policies; the read is on record`);
  stage.say(
    `  ✓ ${files.found} of ${files.expected} files as the log says; nothing changed since the week ended`,
  );
  for (const { message } of missing) stage.say(`  ! ${message}`);
  await stage.run(0, 'pack', id, '--out', PACK, ...evidence);
  const checked = verify(stage, PACK);
  if (checked.code !== 0) throw new ExhibitError('INTERNAL', `the pack does not hold: ${checked.out}`);
  const whole = /^pack +(\d+ files, each byte accounted for)/m.exec(checked.out)?.[1] ?? checked.out;
  stage.say(`  ✓ ${PACK}, checked with Node alone: ${whole}`);
  const zip = readFileSync(stage.path(PACK));
  const middle = Math.floor(zip.length / 2);
  zip[middle] = (zip[middle] ?? 0) ^ 1;
  writeFileSync(stage.path('changed.zip'), zip);
  const changed = verify(stage, 'changed.zip');
  const named = /the pack: (\S+) differs/.exec(changed.out)?.[1];
  if (changed.code !== 1 || named === undefined)
    throw new ExhibitError('INTERNAL', `a changed bit was not found: ${changed.out}`);
  stage.say('  ✓ one bit of it changed is found, and the file that has it is named');
}

function verify(stage: Stage, file: string): { code: number; out: string } {
  try {
    const args = [verifier(), 'pack', stage.path(file), '--vkey', stage.path('log.vkey')];
    return { code: 0, out: execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' }) };
  } catch (error) {
    const { status, stderr } = error as { status?: number; stderr?: string };
    return { code: status ?? 3, out: stderr ?? String(error) };
  }
}
