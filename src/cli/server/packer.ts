import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ExhibitError, fromPlain } from '../../record/index.ts';
import type { Packer } from '../../server/index.ts';
import type { PackMessage, PackQuestion } from './pack-child.ts';

/** Makes the packs of a portal in a process of its own: the same as `exhibit pack` writes. @param evidence folder of the ledger */
export function packerOf(evidence: string): Packer {
  return (request, progress) => {
    // The built package has the program beside this file as JavaScript.
    const file = import.meta.url.endsWith('.ts') ? './pack-child.ts' : './pack-child.js';
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    return new Promise((resolve, reject) => {
      let made: { digest: string } | ExhibitError | undefined;
      let errors = '';
      child.stderr?.on('data', (text) => {
        errors = `${errors}${text}`.slice(-2_000);
      });
      child.on('message', (message: PackMessage) => {
        if (message.kind === 'progress') progress(message.what, message.done, message.total);
        else if (message.kind === 'failed') made = fromPlain(message.error, 'INTERNAL');
        else made = { digest: message.digest };
      });
      child.on('error', (cause) =>
        reject(new ExhibitError('INTERNAL', `no process could be started: ${cause.message}`, { cause })),
      );
      child.on('close', (code, signal) => {
        if (made === undefined)
          reject(new ExhibitError('INTERNAL', `the pack ended by ${signal ?? `exit ${code}`}: ${errors}`));
        else if (made instanceof ExhibitError) reject(made);
        else resolve(made);
      });
      child.send({ evidence, ...request } satisfies PackQuestion, () => undefined);
    });
  };
}
