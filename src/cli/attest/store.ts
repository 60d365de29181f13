import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import {
  type Descriptor,
  getManifest,
  IMAGE_TYPES,
  nameOf,
  openRegistry,
  type Pulled,
  pullAttestations,
  pushAttestation,
  type Registry,
} from '../../server/index.ts';
import { parseSummary, readEnvelope } from '../../verify/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { table } from '../terminal/table.ts';
import { readAttestation } from './read.ts';

/** Longest exchange with a registry, in milliseconds. */
const PATIENCE = 120_000;

interface Opened {
  registry: Registry;
  /** As the registry has it, its digest checked. */
  image: Descriptor;
  pull(): Promise<Pulled[]>;
}

/**
 * Opens an image in its registry. What a tag names is found once: what follows speaks of its digest.
 * @throws ExhibitError USAGE, NOT_FOUND, REGISTRY_FAILED
 */
export async function withImage<T>(
  named: string,
  flags: { insecure?: boolean; write: boolean },
  { env }: Pick<Context, 'env'>,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { registry, reference } = openRegistry({
    reference: named,
    what: 'the attestation',
    insecure: flags.insecure === true,
    write: flags.write,
    env,
    signal: AbortSignal.timeout(PATIENCE),
  });
  const found = await getManifest(registry, reference.version, IMAGE_TYPES, named);
  if (found === undefined)
    throw new ExhibitError('NOT_FOUND', `the image ${named} is not there`, { location: { file: named } });
  const image = found.descriptor;
  return work({ registry, image, pull: () => pullAttestations(registry, image, named) });
}

/** `exhibit attest push`: puts an attestation beside an image of which it speaks. */
export async function push(
  file: string,
  flags: { image: string; insecure?: boolean },
  context: Context,
): Promise<ExitCode> {
  const read = readEnvelope(readAttestation(file, context));
  const { subjects } = parseSummary(read.envelope.payload);
  return withImage(flags.image, { ...flags, write: true }, context, async ({ registry, image }) => {
    const hex = image.digest.slice('sha256:'.length);
    if (!subjects.some(({ digest, annotations }) => annotations.kind === 'image' && digest.sha256 === hex))
      throw new ExhibitError('USAGE', `the attestation is not about ${flags.image} (${image.digest})`, {
        hint: 'Only an image that a judged manifest names by its digest is attested.',
      });
    const pushed = await pushAttestation(registry, image, read, flags.image);
    context.stdout.write(
      table(
        pushed.map(({ as, digest }) => [as, digest]),
        context.stdout,
      ),
    );
    return EXIT.ok;
  });
}

/** `exhibit attest pull`: writes what lies beside an image into a folder. Nothing of it is verified. */
export async function pull(
  flags: { image: string; insecure?: boolean; out: string },
  context: Context,
): Promise<ExitCode> {
  return withImage(flags.image, { ...flags, write: false }, context, async (opened) => {
    const found = await opened.pull();
    if (found.length === 0)
      throw new ExhibitError('ATTESTATION_MISSING', `no attestation lies beside ${flags.image}`);
    const folder = resolve(context.cwd, flags.out);
    mkdirSync(folder, { recursive: true });
    const rows = found.map(({ from, bytes }) => {
      const name = `${nameOf(bytes)}.${bytes.includes('"mediaType"') ? 'sigstore.json' : 'intoto.jsonl'}`;
      writeFileSync(join(folder, name), bytes);
      return [join(flags.out, name), from];
    });
    context.stdout.write(table(rows, context.stdout));
    context.stderr.write('nothing was verified: exhibit attest verify does that\n');
    return EXIT.ok;
  });
}
