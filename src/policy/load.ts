import { readFile } from 'node:fs/promises';
import { canonicalize, type Digest, ExhibitError } from '../record/index.ts';
import { parseBundleData } from './bundle-data.ts';
import { bundleDigest, fileDigests } from './digest.ts';
import { digestOf } from './hash.ts';
import type { VerificationKey } from './keys.ts';
import { withLazy } from './lazy.ts';
import { verifySignature } from './signature.ts';
import { TAR_LIMITS, type TarLimits, unpackTar } from './tar.ts';
import type { Bundle, Files } from './types.ts';

export interface LastUsed {
  revision_time: number;
  digest: string;
}

export interface LoadOptions {
  /** Keys of which one must have signed. */
  keys: readonly VerificationKey[];
  /** What was used here last, of the lineage that the bundle names: an older commit of it is refused. */
  last?: (lineage: string) => LastUsed | undefined;
  /** The only lineage that is taken; not given: any. */
  lineage?: string | undefined;
  /** Use a bundle though no key is configured. With a key configured it changes nothing. */
  allowUnsigned?: boolean;
  limits?: TarLimits;
  /** Unix milliseconds of the real clock: a signature may hold for a time only. */
  now?: number;
  /**
   * What to do with a bundle whose signature held until a time that is over: refuse it (default), or give it, with `expires`, to a
   * caller who lets nothing pass by it.
   */
  expired?: 'refuse' | 'give';
}

/**
 * Reads and verifies a bundle. Nothing of it is parsed for use before its signature and every file's digest hold. The control map and
 * the frameworks are read when somebody asks for them, and refused then if they are damaged: BUNDLE_INVALID.
 *
 * @param source the tar.gz, or the path of it; its bytes are attacker-controlled
 * @throws ExhibitError NOT_FOUND, BUNDLE_INVALID, BUNDLE_UNSIGNED, BUNDLE_SIGNATURE, BUNDLE_DIGEST, BUNDLE_ROLLBACK,
 *   BUNDLE_LINEAGE, BUNDLE_EXPIRED
 */
export async function loadBundle(source: Uint8Array | string, options: LoadOptions): Promise<Bundle> {
  const files = unpackTar(
    typeof source === 'string' ? await read(source) : source,
    options.limits ?? TAR_LIMITS,
  );
  return openBundle(files, options);
}

/** As `loadBundle`, of files that were unpacked before (a bundle that was kept file by file). */
export function openBundle(files: Files, options: LoadOptions): Bundle {
  const digests = fileDigests(files);
  const digest = bundleDigest(files, digests);
  const { signed_by, expires } = signer(files, options, digests, digest);
  const {
    schema: _schema,
    entrypoints: _entrypoints,
    maps,
    ...data
  } = parseBundleData(required(files, 'data.json'));
  refuseOlder(data, digest, options.last?.(data.lineage));
  refuseOther(data, digest, options.lineage);
  refuseEndless(data, signed_by, expires);
  if (options.expired !== 'give')
    requireUnexpired({ revision: data.revision, expires }, options.now ?? Date.now());
  const bundle = {
    ...data,
    digest,
    signed_by,
    ...(expires === undefined ? {} : { expires }),
    wasm: required(files, 'policy.wasm'),
    files,
  };
  // A gate that records nothing needs neither, and reading them takes longer than judging a file.
  return withLazy<typeof bundle, Pick<Bundle, 'control_map' | 'control_map_digest' | 'frameworks'>>(bundle, {
    control_map: maps.control_map,
    control_map_digest: () => digestOf(canonicalize(maps.control_map())),
    frameworks: maps.frameworks,
  });
}

function signer(
  files: Files,
  options: LoadOptions,
  digests: ReadonlyMap<string, Digest>,
  digest: Digest,
): { signed_by: string | undefined; expires?: string } {
  if (options.keys.length > 0)
    return verifySignature(files, options.keys, options.now ?? Date.now(), digests, digest);
  if (options.allowUnsigned === true) return { signed_by: undefined };
  throw new ExhibitError('BUNDLE_UNSIGNED', 'No verification key is configured, so the bundle is not used.', {
    hint: 'Name the public key of the people who may sign policies.',
  });
}

/** True once the signature of a bundle holds no more. @param now Unix milliseconds */
export function isExpired({ expires }: Pick<Bundle, 'expires'>, now: number): boolean {
  return expires !== undefined && now >= Date.parse(expires);
}

/**
 * For who uses a bundle longer than it takes to load it: its signature must hold now.
 * @param now Unix milliseconds
 * @throws ExhibitError BUNDLE_EXPIRED
 */
export function requireUnexpired(
  { revision, expires }: { revision: string; expires?: string | undefined },
  now: number,
): void {
  if (expires === undefined || !isExpired({ expires }, now)) return;
  throw new ExhibitError(
    'BUNDLE_EXPIRED',
    `The signature of the bundle of ${revision} held until ${expires}.`,
    { hint: 'Fetch the newer bundle. Where there is none, sign this one again: `exhibit policy sign`.' },
  );
}

/** Whoever signs must not forget the end that the policies ask for. */
function refuseEndless(
  { valid_days }: Revision,
  signer: string | undefined,
  expires: string | undefined,
): void {
  if (valid_days === undefined || signer === undefined || expires !== undefined) return;
  throw new ExhibitError(
    'BUNDLE_SIGNATURE',
    `The bundle is not used: its policies ask for a signature that holds ${valid_days} days, and this one has no end.`,
    { hint: 'Sign it with `exhibit policy sign`.' },
  );
}

interface Revision {
  revision: string;
  revision_time: number;
  lineage: string;
  valid_days?: number;
}

/** Two bundles of one second are taken as they come: a commit's time has no finer grain. */
function refuseOlder(data: Revision, digest: Digest, last: LastUsed | undefined): void {
  if (last === undefined || last.digest === digest) return;
  if (data.revision_time >= last.revision_time) return;
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  throw new ExhibitError(
    'BUNDLE_ROLLBACK',
    `The bundle of ${data.revision} (${at(data.revision_time)}) is older than the one used last (${at(last.revision_time)}).`,
    {
      hint: 'To go back to earlier policies, commit a revert and build a bundle of that commit.',
      details: {
        digest,
        serial: data.revision_time,
        revision: data.revision,
        lineage: data.lineage,
        last: last.digest,
      },
    },
  );
}

/** The same key may sign for several repositories: that its signature holds does not make one stand for another. */
function refuseOther(data: Revision, digest: Digest, lineage: string | undefined): void {
  if (lineage === undefined || data.lineage === lineage) return;
  throw new ExhibitError(
    'BUNDLE_LINEAGE',
    `The bundle of ${data.revision} is of the policy repository ${data.lineage}, and not of ${lineage}, whose bundle is used here.`,
    {
      hint: `Where the change is meant, say so once: \`exhibit check --accept-lineage ${data.lineage}\`.`,
      details: { digest, serial: data.revision_time, revision: data.revision, lineage: data.lineage },
    },
  );
}

function required(files: Files, name: string): Uint8Array {
  const data = files.get(name);
  if (data !== undefined) return data;
  throw new ExhibitError('BUNDLE_INVALID', `The bundle holds no ${name}: it was not built by Exhibit.`);
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `The bundle ${path} cannot be read.`, {
      cause,
      location: { file: path },
    });
  }
}
