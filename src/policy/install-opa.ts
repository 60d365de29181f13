import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './cache-folder.ts';
import { run } from './exec.ts';
import { findOpa, missing, OPA_RELEASE, OPA_VERSION, opaCache, probe } from './find-opa.ts';
import { digestOf } from './hash.ts';
import type { Opa } from './types.ts';

const RELEASES = 'https://github.com/open-policy-agent/opa/releases/download';
const MODULE = 'github.com/open-policy-agent/opa';
const exe = process.platform === 'win32' ? 'opa.exe' : 'opa';

/**
 * SHA-256 of the release's files, as its `.sha256` files state them. A digest that came over the same line as the file would
 * prove nothing, so it stands here; for a platform that is not listed EXHIBIT_OPA_SHA256 gives it.
 */
const PINNED: Readonly<Record<string, string>> = {
  opa_linux_amd64_static: '668506eb17a2eaa1fce6cc0d1f42ef85125d4ac5bda5fc74d1152d0c77145031',
  opa_linux_arm64_static: '9a1f3625529c6f01240fe68286dde06aa0b23c5253da700ac48f4d943ff8a4de',
};

export interface InstallOptions {
  /** Milliseconds for the whole download: without a network the next source is tried soon. */
  timeout?: number;
  fetch?: typeof fetch;
  /** As process.platform and process.arch. */
  platform?: string;
  arch?: string;
}

/**
 * Finds `opa`, or puts one into the cache: the official release OPA_RELEASE, whose SHA-256 is pinned here (or given by
 * EXHIBIT_OPA_SHA256), else OPA_VERSION, built from source with `go install`, whose module checksums come from Go's checksum database.
 * @throws ExhibitError TOOL_MISSING, with every place that was tried and what it said
 */
export async function installOpa(env: Environment, options: InstallOptions = {}): Promise<Opa> {
  const tried: string[] = [];
  try {
    return await findOpa(env);
  } catch (error) {
    const details = (error as { details?: { tried?: string[] } }).details;
    tried.push(...(details?.tried ?? [String(error)]));
    if (env.EXHIBIT_OPA) throw error;
  }
  for (const source of [download, build]) {
    const found = await source(env, options).catch((cause: unknown) => String(cause));
    if (typeof found !== 'string') return found;
    tried.push(found);
  }
  throw missing(tried);
}

async function download(env: Environment, options: InstallOptions): Promise<Opa | string> {
  const { platform = process.platform, arch = process.arch } = options;
  const asset = releaseAsset(platform, arch);
  if (asset === undefined) return `download: no release for ${platform} ${arch}`;
  const url = `${RELEASES}/v${OPA_RELEASE}/${asset}`;
  const expected = env.EXHIBIT_OPA_SHA256?.toLowerCase() || PINNED[asset];
  if (expected === undefined)
    return `download: needs EXHIBIT_OPA_SHA256, the digest that ${url}.sha256 states`;
  const signal = AbortSignal.timeout(options.timeout ?? 20_000);
  let bytes: Buffer;
  try {
    const reply = await (options.fetch ?? fetch)(url, { signal });
    if (!reply.ok) return `download: ${url} answers ${reply.status}`;
    bytes = Buffer.from(await reply.arrayBuffer());
  } catch (cause) {
    return `download: ${url} cannot be reached (${reason(cause)})`;
  }
  const actual = digestOf(bytes).slice(7);
  if (actual !== expected) return `download: ${url} has the SHA-256 ${actual}, not the expected ${expected}`;
  const folder = opaCache(env, OPA_RELEASE);
  await mkdir(folder, { recursive: true });
  const part = join(folder, `${exe}.${process.pid}.part`);
  await writeFile(part, bytes);
  await chmod(part, 0o755);
  await rename(part, join(folder, exe));
  return checked(folder);
}

async function build(env: Environment): Promise<Opa | string> {
  const folder = opaCache(env);
  await mkdir(folder, { recursive: true });
  const go = { ...env, GOBIN: folder, GOFLAGS: '-trimpath' };
  try {
    const { code, stderr } = await run('go', ['install', `${MODULE}@v${OPA_VERSION}`], {
      env: go,
      timeout: 900_000,
    });
    return code === 0
      ? await checked(folder)
      : `go install: ${stderr.trim().split('\n').at(-1) ?? `exit ${code}`}`;
  } catch (cause) {
    await rm(join(folder, `${exe}.part`), { force: true });
    return `go install: ${reason(cause)}`;
  }
}

async function checked(folder: string): Promise<Opa | string> {
  const found = await probe(join(folder, exe));
  return typeof found === 'string' ? `cache: ${found}` : found;
}

/** Name of the release file; the static build on Linux, so that it runs on every distribution. */
export function releaseAsset(platform: string, arch: string): string | undefined {
  const cpu = arch === 'x64' ? 'amd64' : arch === 'arm64' ? 'arm64' : undefined;
  if (cpu === undefined) return undefined;
  if (platform === 'linux') return `opa_linux_${cpu}_static`;
  if (platform === 'darwin') return cpu === 'arm64' ? 'opa_darwin_arm64_static' : 'opa_darwin_amd64';
  return undefined;
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
