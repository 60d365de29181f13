import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { approvalBytesOf, approveOverride, findOpa, readRepository } from '../../policy/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { sentence } from '../terminal/table.ts';

export interface ApproveFlags {
  approver?: string;
  key?: string;
  bytes?: boolean;
}

/**
 * Approves an override: the approver is written into its file, and with a key the whole is signed. Says why it would not count.
 * @throws ExhibitError OVERRIDE_INVALID, NOT_FOUND, USAGE, TOOL_MISSING, TOOL_FAILED
 */
export async function approve(
  id: string,
  folder: string,
  flags: ApproveFlags,
  context: Context,
): Promise<ExitCode> {
  const root = resolve(context.cwd, folder);
  const repository = await readRepository(root, { opa: await findOpa(context.env), now: context.clock() });
  if (flags.bytes === true) {
    context.stdout.write(Buffer.from(await approvalBytesOf(repository, id)).toString('utf8'));
    return EXIT.ok;
  }
  const { changes, approver, approval } = await approveOverride(repository, id, {
    ...(flags.approver === undefined ? {} : { approver: flags.approver }),
    now: context.clock(),
    ...(flags.key === undefined ? {} : { key: resolve(context.cwd, flags.key) }),
  });
  for (const [file, bytes] of changes) {
    if (bytes === undefined) await rm(join(root, file));
    else await writeFile(join(root, file), bytes);
  }
  const how =
    approval === undefined
      ? 'its name is all that this repository asks for'
      : approval.by === 'signature'
        ? `signed with ${approval.evidence}`
        : `code owner by ${approval.evidence}`;
  context.stdout.write(sentence(`${id} approved by ${approver}: ${how}`, context.stdout));
  const written = [...changes.keys()];
  if (written.length > 0) context.stderr.write(sentence(`changed: ${written.join(', ')}`, context.stderr));
  context.stderr.write(
    sentence(
      'It is in force once it is committed, built and signed, and a gate has the bundle.',
      context.stderr,
    ),
  );
  return EXIT.ok;
}
