import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { generateBundleKey, loadBundle, signBundle, statedDays } from '../../policy/index.ts';
import { DAY_MILLISECONDS, ExhibitError, formatInstant, plural } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { call } from '../terminal/call.ts';
import { table } from '../terminal/table.ts';
import { releaseRows } from './build.ts';
import { makeFolder } from './folder.ts';
import { BUNDLE, fileIn, keyHint, PRIVATE_KEY, PUBLIC_KEY } from './paths.ts';

interface Flags {
  bundle?: string;
  key?: string;
  validDays?: number;
}

/** Makes the key pair, and never replaces one: what it signed could not be verified any more. */
export async function keys(folder: string, context: Context): Promise<ExitCode> {
  const secret = fileIn(context.cwd, folder, undefined, PRIVATE_KEY);
  const shared = fileIn(context.cwd, folder, undefined, PUBLIC_KEY);
  if (existsSync(secret)) {
    throw new ExhibitError('USAGE', 'there is a key already; it stays', {
      location: { file: secret },
      hint: 'Move it away to make another.',
    });
  }
  const { privateKeyPem, publicKeyPem } = generateBundleKey();
  await makeFolder(dirname(secret), 0o700);
  writeFileSync(secret, privateKeyPem, { mode: 0o600, flag: 'wx' });
  writeFileSync(shared, publicKeyPem);
  context.stdout.write(
    table(
      [
        ['private', secret],
        ['public', shared],
      ],
      context.stdout,
    ),
  );
  return EXIT.ok;
}

/** Signs a bundle in place. */
export async function sign(folder: string, flags: Flags, context: Context): Promise<ExitCode> {
  const secret = fileIn(context.cwd, folder, flags.key, PRIVATE_KEY);
  const file = fileIn(context.cwd, folder, flags.bundle, BUNDLE);
  const bundle = read(file, `Make it with: ${callFor('exhibit policy build', folder, flags)}`);
  const stated = statedDays(bundle);
  const days = daysOf(flags.validDays) ?? stated;
  // Only for what can be signed: a key that nobody asked for and nothing needs would stay.
  if (flags.key === undefined && !existsSync(secret)) {
    context.stderr.write('no key to sign with is there yet; one is made now:\n');
    await keys(folder, context);
  }
  const expires = days === undefined ? undefined : context.clock() + days * DAY_MILLISECONDS;
  const { tar, digest } = await signBundle(
    bundle,
    read(secret, 'Make one with: exhibit policy keys').toString('utf8'),
    keyName(secret),
    expires === undefined ? {} : { expires },
  );
  writeFileSync(file, tar);
  context.stdout.write(
    table(
      [
        ['signed', file],
        ['digest', digest],
        ['key', keyName(secret)],
        [
          'holds',
          expires === undefined ? 'without end' : `until ${endOf(expires)} (${plural(days ?? 0, 'day')})`,
        ],
      ],
      context.stdout,
    ),
  );
  return EXIT.ok;
}

/** A command about the same bundle, to be pasted. */
function callFor(command: string, folder: string, { bundle }: Flags): string {
  return call(command, folder, ...(bundle === undefined ? [] : ['--bundle', bundle]));
}

/** The claim has no more than seconds. */
function endOf(expires: number): string {
  return formatInstant(Math.floor(expires / 1_000) * 1_000);
}

function daysOf(days: number | undefined): number | undefined {
  if (days === undefined || (Number.isInteger(days) && days >= 1 && days <= 3_650)) return days;
  throw new ExhibitError('USAGE', '--valid-days takes a whole number of days from 1 to 3650');
}

/** Verifies a bundle as an enforcement point does. */
export async function verify(folder: string, flags: Flags, context: Context): Promise<ExitCode> {
  const file = fileIn(context.cwd, folder, flags.bundle, BUNDLE);
  const shared = fileIn(context.cwd, folder, flags.key, PUBLIC_KEY);
  // The bundle first: who has neither is told to build and sign, and not to look for a key.
  const bytes = read(file, `Make it with: ${callFor('exhibit policy build', folder, flags)}`);
  const pem = read(shared, keyHint(file, '--key')).toString('utf8');
  const bundle = await loadBundle(bytes, {
    keys: [{ id: keyName(shared), pem }],
    now: context.clock(),
  });
  const rows = [
    ['signature', `holds, by key ${bundle.signed_by ?? '?'}; every file has its signed digest`],
    ['holds', bundle.expires === undefined ? 'without end' : `until ${bundle.expires}`],
    ['digest', bundle.digest],
    ['lineage', bundle.lineage],
    ['revision', `${bundle.revision}, ${new Date(bundle.revision_time * 1000).toISOString()}`],
    ['policies', String(bundle.policies.length)],
    ['overrides', `${bundle.overrides.length}, ${bundle.rejected_overrides.length} rejected`],
    ...releaseRows(bundle.release),
  ];
  context.stdout.write(table(rows, context.stdout));
  return EXIT.ok;
}

/** `bundle` for `bundle.pem` and `bundle.pub.pem`: the key's id in the signature. */
export function keyName(file: string): string {
  return basename(file).replace(/(\.pub)?\.pem$/, '');
}

/** A file that the user named. @throws ExhibitError NOT_FOUND with the hint */
export function read(file: string, hint: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the file cannot be read', { cause, hint, location: { file } });
  }
}
