import { dirname, join, resolve } from 'node:path';
import { ExhibitError, generatedWarning, plural, shellWord } from '../../record/index.ts';
import type { Execute } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { instantOf } from '../instant.ts';
import { makeFolder } from '../policy/folder.ts';
import { programName } from '../program-name.ts';
import { sentence } from '../terminal/table.ts';
import { serve } from './portal.ts';
import { type MadeYear, makeYear, readMade } from './year/index.ts';

export interface YearFlags {
  serve?: boolean;
  port: string;
  folder?: string;
  seed?: string;
  effectiveTime?: string;
}

const DAYS = 365;

/**
 * Makes the generated year of a folder where it has none, and serves it where that was asked for.
 * @throws ExhibitError USAGE
 */
export async function year(flags: YearFlags, execute: Execute, context: Context): Promise<ExitCode> {
  const folder = flags.folder ?? 'demo-year';
  const target = resolve(context.cwd, folder);
  const now = instantOf('--effective-time', flags.effectiveTime, '23:59:59.999Z') ?? context.clock();
  const there = readMade(target);
  if (there !== undefined && flags.seed !== undefined && flags.seed !== there.seed)
    throw new ExhibitError('USAGE', `the folder has the year of the seed ${there.seed}; it stays`, {
      location: { file: target },
      hint: 'Name another folder with --folder.',
    });
  if (there === undefined) {
    await makeFolder(dirname(target));
    const made = `a generated year is made in ${shellWord(folder)}, in a minute or two; later calls take it as it is`;
    context.stderr.write(sentence(made, context.stderr));
  }
  const options = { folder: target, seed: flags.seed ?? 'exhibit', now, days: DAYS };
  const made = there ?? (await saidWhenStopped(folder, context, () => makeYear(options, execute, context)));
  tell(made, context);
  if (flags.serve !== true) {
    commands(made, folder, context);
    return EXIT.ok;
  }
  const shift = flags.effectiveTime === undefined ? 0 : now - context.clock();
  const clock = () => context.clock() + shift;
  const env = { ...context.env, EXHIBIT_STATE: join(target, 'state') };
  return serve(target, made, portOf(flags.port), { ...context, clock, env });
}

/** Whoever stops it halfway is told what lies there; the signal then ends the process as it would have. */
async function saidWhenStopped<T>(folder: string, { stderr }: Context, work: () => Promise<T>): Promise<T> {
  const say = (signal: NodeJS.Signals) => {
    off();
    const left = `stopped: the year in ${shellWord(folder)} is not whole; the next call makes it anew.`;
    stderr.write(sentence(left, stderr));
    process.kill(process.pid, signal);
  };
  const off = () => process.off('SIGINT', say).off('SIGTERM', say);
  process.on('SIGINT', say).on('SIGTERM', say);
  try {
    return await work();
  } finally {
    off();
  }
}

function tell(made: MadeYear, { stdout }: Context): void {
  const { first, last, records, origin } = made;
  stdout.write(sentence(generatedWarning(origin) ?? '', stdout));
  stdout.write(
    sentence(`${first} to ${last}, ${plural(records, 'record')}, log ${origin}, seed ${made.seed}`, stdout),
  );
}

/** How to look at it without a server. */
function commands({ first, last, engagement }: MadeYear, folder: string, { cwd, stdout }: Context): void {
  const program = programName(cwd);
  const place = `--evidence ${shellWord(`${folder}/evidence`)}`;
  const scope = `--framework soc2 --from ${first} --to ${last}`;
  stdout.write('\nLook at it:\n');
  for (const line of [
    `${program} report framework ${place} ${scope} -o html=soc2.html`,
    `${program} engagement answer ${engagement} ${place} --vkey ${shellWord(`${folder}/log.vkey`)}`,
    `${program} findings list ${place}`,
    `${program} demo --serve --folder ${shellWord(folder)}`,
  ])
    stdout.write(`  ${line}\n`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new ExhibitError('USAGE', `--port ${JSON.stringify(text)} is no port`, {
    hint: 'Example: --port 8380',
  });
}
