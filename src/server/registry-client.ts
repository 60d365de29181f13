import { ExhibitError } from '../record/index.ts';
import { credentialsFor } from './bundles/origins/credentials.ts';
import { Registry } from './bundles/origins/registry.ts';
import { parseReference, type Reference } from './bundles/reference.ts';
import { isLoopback } from './loopback.ts';

export interface RegistryRequest {
  /** `registry/repository:tag` or `registry/repository@sha256:...` */
  reference: string;
  /** What is exchanged, for messages: `the attestation`. */
  what: string;
  /** Without TLS; only a registry on this machine. */
  insecure: boolean;
  write: boolean;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/**
 * A client for one repository of a registry, with the credentials that Docker keeps for it.
 * @throws ExhibitError USAGE for a reference that is none, or one without TLS on another machine
 */
export function openRegistry(request: RegistryRequest): { registry: Registry; reference: Reference } {
  const { insecure, write, env, signal } = request;
  const reference = readReference(request.reference);
  if (insecure && !isLoopback(new URL(`http://${reference.registry}`).hostname))
    throw new ExhibitError(
      'USAGE',
      `--insecure is for a registry on this machine, not ${reference.registry}`,
    );
  const registry = new Registry({
    name: request.reference,
    reference,
    insecure,
    write,
    signal,
    tokenHost: undefined,
    thing: { code: 'REGISTRY_FAILED', what: request.what },
    credentials: () => credentialsFor(reference.registry, {}, env),
  });
  return { registry, reference };
}

/** @throws ExhibitError USAGE */
export function readReference(text: string): Reference {
  try {
    return parseReference(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it is no reference';
    throw new ExhibitError('USAGE', `${JSON.stringify(text)} names no image: ${why}`, { cause });
  }
}
