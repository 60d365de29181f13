import { initLedger, ledgerStatus, openLedger, rotateKey } from '../../ledger/index.ts';
import { toHex } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { columns } from '../terminal/text.ts';

/** Makes an evidence folder. */
export async function init(
  folder: string,
  named: string | undefined,
  { clock, random, stdout, stderr }: Context,
): Promise<ExitCode> {
  const origin = named ?? `exhibit.local/${toHex(random(6))}`;
  const { vkey } = await initLedger(folder, { origin, clock, random });
  stdout.write(
    `${columns([
      ['evidence folder', folder],
      ['origin', origin],
      ['public key', vkey],
    ]).join('\n')}\n`,
  );
  stderr.write(
    'Keep the public key in another place: whoever verifies the log needs it from someone else than its writer.\n',
  );
  return EXIT.ok;
}

/** Seals what waits. */
export async function seal(
  folder: string,
  heartbeat: boolean,
  { clock, random, stdout }: Context,
): Promise<ExitCode> {
  const ledger = await openLedger(folder, { clock, random });
  try {
    const { size, root, added, duplicates } = await ledger.seal({ heartbeat });
    stdout.write(
      `${columns([
        ['size', String(size)],
        ['root', root],
        ['added', String(added)],
        ['duplicates left out', String(duplicates)],
      ]).join('\n')}\n`,
    );
    return EXIT.ok;
  } finally {
    await ledger.close();
  }
}

/** Prints what a log holds, without verifying it. */
export async function showStatus(folder: string, json: boolean, { stdout }: Context): Promise<ExitCode> {
  const status = await ledgerStatus(folder);
  if (json) stdout.write(`${JSON.stringify({ schemaVersion: 1, ...status }, null, 2)}\n`);
  else {
    const { origin, size, root, key, recorded, waiting } = status;
    const rows = [
      ['origin', origin],
      ['size', String(size)],
      ['root', root],
      ['recorded', recorded === undefined ? 'nothing yet' : `${recorded.first} to ${recorded.last}`],
      ['signing key', key],
      ['waiting', `${waiting.bytes} bytes in ${waiting.files} write-ahead logs (at most)`],
    ];
    stdout.write(`${columns(rows).join('\n')}\n`);
  }
  return EXIT.ok;
}

/** Hands the log over to a new key. */
export async function rotate(folder: string, { clock, random, stdout, stderr }: Context): Promise<ExitCode> {
  const { vkey, size } = await rotateKey(folder, { clock, random });
  stdout.write(
    `${columns([
      ['new public key', vkey],
      ['signs from size', String(size)],
    ]).join('\n')}\n`,
  );
  stderr.write(
    'The old key announced it in the log. Keep the new public key in another place, as the old one.\n',
  );
  return EXIT.ok;
}
