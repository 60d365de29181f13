import { checkSigner, keyPolicy } from '../../ledger/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { table } from '../terminal/table.ts';

/** Says who signs a log after it has signed something that is no checkpoint; or prints who should be allowed what. */
export async function showSigner(
  folder: string,
  { keyPolicy: role, json = false }: { keyPolicy?: string; json?: boolean },
  { stdout }: Context,
): Promise<ExitCode> {
  if (role !== undefined) {
    stdout.write(`${JSON.stringify(keyPolicy(role), null, 2)}\n`);
    return EXIT.ok;
  }
  const { kind, place, key } = await checkSigner(folder);
  if (json) stdout.write(`${JSON.stringify({ schemaVersion: 1, kind, place, key, signs: true }, null, 2)}\n`);
  else
    stdout.write(
      table(
        [
          ['kind', kind],
          ['signer', place],
          ['key', key],
          ['signs', 'yes: a signature that it made just now verifies'],
        ],
        stdout,
      ),
    );
  return EXIT.ok;
}
