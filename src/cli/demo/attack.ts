import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { wrap } from '../terminal/text.ts';
import type { Stage } from './stage.ts';

/** Someone with write access changes one byte of a copy: in the log, and in the lake. Both are found, with the place. */
export async function attack(stage: Stage): Promise<void> {
  stage.say('\nSomeone changes a byte');
  cpSync(stage.path('evidence'), stage.path('tampered'), { recursive: true });
  flip(entryBundle(stage.path('tampered', 'log', 'tile', 'entries')), '"verdict":"fail"', '"verdict":"pass"');
  const log = await stage.run(1, 'verify', 'ledger', 'tampered', '--vkey', stage.path('log.vkey'));
  // What differs; where to look and what to do next are for who has no copy beside it.
  const [message = ''] = log.stdout
    .split('\n')
    .slice(1)
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
    .split(' where: ');
  const shown = message.replace(/([0-9a-f]{12})[0-9a-f]{52}/g, '$1...');
  stage.say(`  ✓ in the log: ${wrap(shown, 62).join('\n      ')}`);
  // A log that does not hold ends everything that reads it, so the lake is attacked beside an honest one.
  rmSync(stage.path('tampered'), { recursive: true, force: true });
  cpSync(stage.path('evidence'), stage.path('tampered'), { recursive: true });
  const lake = stage.path(
    'tampered',
    'evidence',
    'soc2',
    'cc6.1',
    'year=2026',
    'month=11',
    'day=16',
    'evidence.parquet',
  );
  flip(lake, 'PAR1', 'PAR2');
  const found = await stage.run(1, 'lake', 'verify', 'tampered');
  if (!found.stdout.includes('day=16'))
    throw new ExhibitError('INTERNAL', `the changed file was not named: ${found.stdout}`);
  stage.say('  ✓ in the lake: the file is named, and differs from its manifest in the log');
  rmSync(stage.path('tampered'), { recursive: true, force: true });
}

/** The entry bundle that the latest checkpoint covers: earlier partial ones may still lie beside it. */
function entryBundle(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const width = (entry: (typeof files)[number]) =>
    entry.parentPath.endsWith('.p') ? Number(entry.name) : 256;
  const [latest] = files.sort((a, b) => width(b) - width(a));
  if (latest === undefined) throw new ExhibitError('INTERNAL', 'the log has no entries');
  return join(latest.parentPath, latest.name);
}

/** Replaces the first occurrence of a text by another of the same length. */
function flip(file: string, from: string, to: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(from);
  if (at < 0) throw new ExhibitError('INTERNAL', `${file} does not hold ${from}`);
  bytes.write(to, at);
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
}
