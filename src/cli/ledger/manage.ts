import { initLedger, openLedger } from '../../ledger/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { columns } from '../terminal/text.ts';

/** Makes an evidence folder. */
export async function init(
  folder: string,
  origin: string,
  { clock, random, stdout, stderr }: Context,
): Promise<ExitCode> {
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
