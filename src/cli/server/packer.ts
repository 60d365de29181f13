import { askProcess } from '../../lake/index.ts';
import { ExhibitError } from '../../record/index.ts';
import type { Packer } from '../../server/index.ts';
import type { PackMessage, PackQuestion } from './pack-child.ts';

const PROGRAM = { beside: import.meta.url, name: 'pack-child', code: 'INTERNAL' } as const;

/** Makes the packs of a portal in a process of its own: the same as `exhibit pack` writes. @param evidence folder of the ledger */
export function packerOf(evidence: string): Packer {
  return async (request, progress) => {
    let digest: string | undefined;
    const { ended } = askProcess<PackMessage>(
      PROGRAM,
      { evidence, ...request } satisfies PackQuestion,
      (message) => {
        if (message.kind === 'progress') progress(message.what, message.done, message.total);
        else digest = message.digest;
      },
    );
    const { by, errors } = await ended;
    if (digest === undefined) throw new ExhibitError('INTERNAL', `the pack ended by ${by}: ${errors}`);
    return { digest };
  };
}
