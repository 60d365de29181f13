import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ExhibitError, type Location } from '../record/index.ts';
import { isS3Url } from '../store/index.ts';
import type { AttestationsSetting } from './admission/attested/settings.ts';
import type { AnchorsSetting } from './anchors/settings.ts';
import { bundleSchema } from './bundle-settings.ts';
import type { IssuedSetting } from './issued/settings.ts';
import { invalid, type PlaceOf, refuseUnsafe, refuseUnsafeOrigin } from './safe-settings.ts';
import { type BundleSetting, type OidcSetting, type Settings, settingsSchema } from './settings.ts';
import { isElsewhere } from './spool-settings.ts';

/** Variables that go before the file, for what differs from machine to machine. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  EXHIBIT_SERVER_EVIDENCE: ['evidence'],
  EXHIBIT_SERVER_HOST: ['listen', 'host'],
  EXHIBIT_SERVER_PORT: ['listen', 'port'],
};

export interface SettingRow {
  key: string;
  value: string;
  origin: 'file' | 'environment' | 'default';
  /** Variable, or file and line. */
  from: string;
}

export interface ReadSettings {
  settings: Settings;
  /** Each value and what set it, in the order of the settings. */
  rows: SettingRow[];
}

/**
 * Reads the configuration of a server. Paths in it are relative to its file.
 * @param env EXHIBIT_SERVER_EVIDENCE, EXHIBIT_SERVER_HOST and EXHIBIT_SERVER_PORT go before the file
 * @throws ExhibitError CONFIG_INVALID with the place in the file or the name of the variable
 */
export function readSettings(file: string, env: Readonly<Record<string, string | undefined>>): ReadSettings {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const placeOf: PlaceOf = (path) => placeIn(file, document, lines, path);
  const [fault] = document.errors;
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw invalid(fault.message.split('\n')[0] ?? 'not YAML', { file, line, column: col });
  }
  const given = (document.toJS() ?? {}) as Record<string, unknown>;
  const set = new Map<string, string>();
  for (const [variable, path] of Object.entries(VARIABLES)) {
    const value = env[variable];
    if (value === undefined || value === '') continue;
    set.set(path.join('.'), variable);
    put(given, path, variable.endsWith('PORT') ? Number(value) : value);
  }
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) throw schemaFault(parsed.error, set, placeOf);
  const settings = withPaths(parsed.data, dirname(resolve(file)));
  refuseUnsafe(settings, placeOf);
  return { settings, rows: rowsOf(parsed.data, given, set, placeOf) };
}

const bundlesSchema = z.object({ bundles: z.array(bundleSchema).min(1) });

/**
 * Where a bundle comes from: the first of `bundles` in the configuration of a server, or in a file that says no more.
 * @throws ExhibitError CONFIG_INVALID with the place in the file, NOT_FOUND
 */
export function readBundleSetting(file: string): BundleSetting {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const placeOf: PlaceOf = (path) => placeIn(file, document, lines, path);
  const [fault] = document.errors;
  if (fault !== undefined) throw invalid(fault.message.split('\n')[0] ?? 'not YAML', { file });
  const parsed = bundlesSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw schemaFault(parsed.error, new Map(), placeOf);
  const [first] = parsed.data.bundles;
  if (first === undefined) throw invalid('bundles: there is none', { file });
  refuseUnsafeOrigin(first, ['bundles', 0], placeOf);
  return withBundlePaths(first, (path) => resolve(dirname(resolve(file)), path));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', `cannot read the configuration ${file}`, {
      cause,
      location: { file },
      hint: 'docs/how-to/run-the-server.md shows one.',
    });
  }
}

function schemaFault(error: z.ZodError, set: ReadonlyMap<string, string>, placeOf: PlaceOf): ExhibitError {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const name = set.get(path.join('.')) ?? path.join('.');
  return invalid(`${name === '' ? '' : `${name}: `}${issue?.message ?? 'wrong'}`, placeOf(path));
}

function placeIn(
  file: string,
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): Location {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (!isNode(node) || node.range == null) continue;
    const { line, col } = lines.linePos(node.range[0]);
    return { file, line, column: col };
  }
  return { file };
}

function put(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) into[first] = value;
  else {
    const inner = (into[first] ?? {}) as Record<string, unknown>;
    into[first] = inner;
    put(inner, rest, value);
  }
}

function withPaths(settings: Settings, base: string): Settings {
  const at = (path: string) => resolve(base, path);
  const { tls, bundles, auth, spool, admission, ledger, portal } = settings;
  return {
    ...settings,
    evidence: isElsewhere(settings) ? settings.evidence : at(settings.evidence),
    ...(spool === undefined
      ? {}
      : {
          spool: {
            ...spool,
            folder: at(spool.folder),
            ...(spool.token_file === undefined ? {} : { token_file: at(spool.token_file) }),
            ...(spool.ca === undefined ? {} : { ca: at(spool.ca) }),
          },
        }),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            ...(tls.cert === undefined ? {} : { cert: at(tls.cert) }),
            ...(tls.key === undefined ? {} : { key: at(tls.key) }),
            ...(tls.issued === undefined ? {} : { issued: withIssuedPaths(tls.issued, at) }),
            ...(tls.client_ca === undefined ? {} : { client_ca: at(tls.client_ca) }),
          },
        }),
    ...(portal === undefined
      ? {}
      : {
          portal: {
            ...portal,
            ...(portal.respond === undefined ? {} : { respond: at(portal.respond) }),
            oidc: portal.oidc.map((one) =>
              one.client_secret_file === undefined
                ? one
                : { ...one, client_secret_file: at(one.client_secret_file) },
            ),
          },
        }),
    ledger: withLedgerPaths(ledger, at),
    bundles: bundles.map((bundle) => withBundlePaths(bundle, at)),
    ...(admission?.attestations === undefined
      ? {}
      : { admission: { ...admission, attestations: withAttestationPaths(admission.attestations, at) } }),
    auth: {
      ...auth,
      oidc: auth.oidc.map((issuer) => withKeyPaths(issuer, at)),
    },
  };
}

function withLedgerPaths<T extends AnchorsSetting>(ledger: T, at: (path: string) => string): T {
  const { timestamps, checkpoints } = ledger;
  const copies = checkpoints?.copies.map((one) => (typeof one === 'string' && !isS3Url(one) ? at(one) : one));
  return {
    ...ledger,
    ...(timestamps === undefined ? {} : { timestamps: { ...timestamps, root: at(timestamps.root) } }),
    ...(checkpoints === undefined ? {} : { checkpoints: { ...checkpoints, copies: copies ?? [] } }),
  };
}

function withIssuedPaths(issued: IssuedSetting, at: (path: string) => string): IssuedSetting {
  const { folder, webhook } = issued;
  const own =
    webhook?.kubeconfig === undefined ? webhook : { ...webhook, kubeconfig: at(webhook.kubeconfig) };
  return { ...issued, folder: at(folder), ...(own === undefined ? {} : { webhook: own }) };
}

function withKeyPaths(issuer: OidcSetting, at: (path: string) => string): OidcSetting {
  const paths: Partial<OidcSetting> = {};
  for (const key of ['jwks_file', 'jwks_token_file'] as const)
    if (issuer[key] !== undefined) paths[key] = at(issuer[key]);
  return { ...issuer, ...paths };
}

function withAttestationPaths(
  setting: AttestationsSetting,
  at: (path: string) => string,
): AttestationsSetting {
  const { keys, server } = setting;
  const file = server?.token_file;
  return {
    ...setting,
    keys: keys.map(at),
    ...(server === undefined || file === undefined ? {} : { server: { ...server, token_file: at(file) } }),
  };
}

function withBundlePaths(bundle: BundleSetting, at: (path: string) => string): BundleSetting {
  const { file, oci, http } = bundle;
  const paths = { ...oci };
  for (const key of ['docker_config', 'username_file', 'password_file'] as const)
    if (paths[key] !== undefined) paths[key] = at(paths[key]);
  return {
    ...bundle,
    keys: bundle.keys.map(at),
    ...(file === undefined ? {} : { file: at(file) }),
    ...(oci === undefined ? {} : { oci: { ...oci, ...paths } }),
    ...(http === undefined
      ? {}
      : {
          http: {
            ...http,
            ...(http.token_file === undefined ? {} : { token_file: at(http.token_file) }),
            ...(http.ca_file === undefined ? {} : { ca_file: at(http.ca_file) }),
          },
        }),
  };
}

function rowsOf(
  settings: Settings,
  given: unknown,
  set: ReadonlyMap<string, string>,
  placeOf: PlaceOf,
): SettingRow[] {
  const rows: SettingRow[] = [];
  const walk = (value: unknown, raw: unknown, path: readonly (string | number)[]) => {
    const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    if (inner.length > 0) {
      for (const [key, item] of inner) {
        const step = Array.isArray(value) ? Number(key) : key;
        walk(item, (raw as Record<string, unknown> | undefined)?.[key], [...path, step]);
      }
      return;
    }
    const key = path.join('.');
    const variable = set.get(key);
    const { file = '', line } = placeOf(path);
    const [origin, from]: [SettingRow['origin'], string] =
      variable !== undefined
        ? ['environment', variable]
        : raw === undefined
          ? ['default', '-']
          : ['file', line === undefined ? file : `${file}:${line}`];
    rows.push({ key, value: typeof value === 'string' ? value : JSON.stringify(value), origin, from });
  };
  walk(settings, given, []);
  return rows;
}
