import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openReader, verifyLedger } from '../../ledger/index.ts';
import { ExhibitError, isExhibitError, toHex } from '../../record/index.ts';
import { formatLevel, levelOf } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { progress } from '../terminal/progress.ts';
import { columns, printable, wrap } from '../terminal/text.ts';
import { forgetHint, remember, remembered } from './memory.ts';

export interface VerifyFlags {
  known: string[];
  vkey: string[];
  json?: boolean;
}

/**
 * Verifies a whole log against the checkpoints that the caller kept and the one that this machine saw last. Exit 1 when
 * it does not hold, with the place.
 */
export async function verify(folder: string, flags: VerifyFlags, context: Context): Promise<ExitCode> {
  const given = flags.known.map((file) => read(resolve(context.cwd, file)));
  const vkeys = flags.vkey.map((value) =>
    value.includes('+') ? value : read(resolve(context.cwd, value)).trim(),
  );
  const bar = progress('verifying records', context.stderr, context.clock);
  try {
    const { origin } = await openReader(folder);
    const seen = remembered(origin, context);
    const result = await verifyLedger(folder, {
      known: [...given, ...(seen === undefined ? [] : [seen])],
      ...(vkeys.length === 0 ? {} : { vkeys }),
      progress: (done, size) => bar.update(done, size),
    });
    bar.end();
    const { checkpoint, handovers, recorded } = result;
    await remember(await openReader(folder), context);
    const facts = {
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: toHex(checkpoint.root),
      recorded: recorded === undefined ? 'nothing yet' : `${recorded.first} to ${recorded.last}`,
      handovers: handovers.length,
      known: knownText(given.length, seen === undefined ? 0 : 1),
      level: formatLevel(levelOf(checkpoint, [])),
      key_from:
        vkeys.length === 0
          ? 'the folder itself: this says that the log agrees with itself, not who wrote it'
          : 'given',
    };
    if (flags.json === true)
      context.stdout.write(`${inertJson({ schemaVersion: 1, holds: true, ...facts }, 2)}\n`);
    else context.stdout.write(`${lines(facts, context.stdout.columns).join('\n')}\n`);
    return EXIT.ok;
  } catch (error) {
    bar.end();
    if (!isExhibitError(error) || (error.kind !== 'tampered' && error.kind !== 'fatal')) throw error;
    return fails(
      error,
      flags.json === true,
      context,
      given.length > 0 ? undefined : await memoryHint(folder, context),
    );
  }
}

function knownText(given: number, seen: number): string {
  if (given + seen === 0) return 'no earlier checkpoint to compare with';
  const parts = [
    ...(given > 0 ? [`${given} given`] : []),
    ...(seen > 0 ? ['one that this machine saw'] : []),
  ];
  return `contains ${parts.join(' and ')}`;
}

/** A log that was made anew under a name that this machine knows fails like a forged one: say what to do about it. */
async function memoryHint(folder: string, context: Context): Promise<string | undefined> {
  const { origin } = await openReader(folder);
  return remembered(origin, context) === undefined ? undefined : forgetHint(origin);
}

function fails(
  error: ExhibitError,
  json: boolean,
  { stdout }: Context,
  memory: string | undefined,
): ExitCode {
  const { code, message, location, details } = error;
  const hint = code === 'LEDGER_ROLLBACK' || code === 'LEDGER_FORK' ? (error.hint ?? memory) : error.hint;
  if (json)
    stdout.write(`${inertJson({ schemaVersion: 1, holds: false, code, message, location, details }, 2)}\n`);
  else {
    stdout.write(`DOES NOT HOLD  ${code}\n`);
    for (const line of wrap(printable(message), Math.min(stdout.columns, 100) - 2))
      stdout.write(`  ${line}\n`);
    if (location.file !== undefined) stdout.write(`  where: ${printable(location.file)}\n`);
    if (hint !== undefined) stdout.write(`  next: ${printable(hint)}\n`);
  }
  return EXIT.violation;
}

function lines(facts: Record<string, string | number>, width: number): string[] {
  return columns(
    Object.entries(facts).map(([name, value]) => [name.replace('_', ' '), String(value)]),
  ).flatMap((line) => {
    const [first = '', ...rest] = wrap(line.slice(11), Math.max(40, width - 11));
    return [line.slice(0, 11) + first, ...rest.map((part) => ' '.repeat(11) + part)];
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the file cannot be read', { cause, location: { file } });
  }
}
