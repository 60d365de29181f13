import { ExhibitError, type Location } from '../record/index.ts';
import { SOURCES } from '../sources/index.ts';
import { isS3Url } from '../store/index.ts';
import type { AuthzSettings } from './application/settings.ts';
import { parseReference } from './bundles/reference.ts';
import type { EventsSetting } from './events/settings.ts';
import { isLoopback } from './loopback.ts';
import type { BundleSetting, Settings } from './settings.ts';
import { isElsewhere } from './spool-settings.ts';
import { faultOfWitnesses } from './witness-settings.ts';

/** Where a setting stands in its file. */
export type PlaceOf = (path: readonly PropertyKey[]) => Location;

export function invalid(message: string, location: Location, hint?: string): ExhibitError {
  return new ExhibitError('CONFIG_INVALID', message, { location, ...(hint === undefined ? {} : { hint }) });
}

/** @throws ExhibitError CONFIG_INVALID for what each part allows and the whole does not */
export function refuseUnsafe(
  { evidence, spool, ledger, listen, tls, auth, bundles, authz, admission, events, limits, portal }: Settings,
  placeOf: PlaceOf,
): void {
  refuseUnsafeSpool({ evidence, spool }, placeOf);
  refuseUnsafePortal({ evidence, portal }, placeOf);
  const fault = faultOfWitnesses(ledger, isElsewhere({ evidence }), placeOf);
  if (fault !== undefined) throw invalid(fault.message, fault.location);
  refuseUnsafeAnchors({ evidence, ledger }, placeOf);
  if (tls === undefined && !listen.plain && !isLoopback(listen.host))
    throw invalid(
      `listen.host: ${listen.host} is reached from other machines, and tokens would go over the network as they are`,
      placeOf(['listen', 'host']),
      'Set tls, or listen.plain: true where something in front of the server does TLS.',
    );
  if (authz !== undefined) refuseUnsafeAuthz(authz, tls, placeOf);
  if (auth.mtls.length > 0 && tls?.client_ca === undefined)
    throw invalid('auth.mtls: needs tls.client_ca', placeOf(['auth', 'mtls']));
  for (const [index, { issuer, jwks_uri, jwks_token_file }] of auth.oidc.entries()) {
    if (jwks_token_file !== undefined && jwks_uri === undefined)
      throw invalid(
        `auth.oidc.${index}.jwks_token_file: a token is shown to a place that is named`,
        placeOf(['auth', 'oidc', index]),
        'Set jwks_uri.',
      );
    for (const url of [issuer, jwks_uri ?? issuer]) {
      const { protocol, hostname } = new URL(url);
      if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
        throw invalid(`auth.oidc.${index}: ${url} is not https`, placeOf(['auth', 'oidc', index]));
    }
  }
  const twice = (names: readonly string[]) => names.find((name, at) => names.indexOf(name) !== at);
  const token = twice(auth.tokens.map(({ name }) => name));
  if (token !== undefined) throw invalid(`auth.tokens: ${token} is there twice`, placeOf(['auth', 'tokens']));
  const issuer = twice(auth.oidc.map((one) => one.issuer));
  if (issuer !== undefined)
    throw invalid(
      `auth.oidc: ${issuer} is there twice`,
      placeOf(['auth', 'oidc']),
      'Put all its grants under one entry: a second one would never be looked at.',
    );
  const bundle = twice(bundles.map(({ name }) => name));
  if (bundle !== undefined) throw invalid(`bundles: ${bundle} is there twice`, placeOf(['bundles']));
  refuseWrongEvents(events, bundles, placeOf);
  if (admission !== undefined) {
    const judging = admission.bundle ?? bundles[0]?.name;
    if (judging === undefined || !bundles.some(({ name }) => name === judging))
      throw invalid(
        judging === undefined
          ? 'admission: needs a bundle'
          : `admission.bundle: there is no bundle ${judging}`,
        placeOf(['admission']),
        'Name one under `bundles`.',
      );
    const { server } = admission.attestations ?? {};
    if (server !== undefined && !isSafe(new URL(server.url)))
      throw invalid(
        `admission.attestations.server.url: ${server.url} is not https, or holds credentials`,
        placeOf(['admission', 'attestations', 'server', 'url']),
        'Without TLS only this machine is asked.',
      );
    for (const [index, { host, insecure }] of (admission.attestations?.registries ?? []).entries())
      if (insecure && !isLoopback(new URL(`http://${host}`).hostname))
        throw invalid(
          `admission.attestations.registries.${index}: ${host} is another machine`,
          placeOf(['admission', 'attestations', 'registries', index]),
          'Without TLS only a registry of this machine is asked.',
        );
  }
  for (const [index, one] of bundles.entries()) {
    refuseUnsafeOrigin(one, ['bundles', index], placeOf);
    if (one.http !== undefined && one.http.wait_seconds >= limits.bundle_seconds)
      throw invalid(
        `bundles.${index}.http.wait_seconds: a reading is given up after ${limits.bundle_seconds} s`,
        placeOf(['bundles', index, 'http']),
        'Let it be shorter than limits.bundle_seconds.',
      );
  }
}

/** A second place is another place; what has no ledger has none to anchor. */
function refuseUnsafeAnchors(
  { evidence, ledger: { timestamps, checkpoints } }: Pick<Settings, 'evidence' | 'ledger'>,
  placeOf: PlaceOf,
): void {
  if (isElsewhere({ evidence }) && (timestamps ?? checkpoints) !== undefined)
    throw invalid(
      'ledger: the server that `evidence` names has the ledger',
      placeOf(['ledger']),
      'Set it in the configuration of that server.',
    );
  const { username = '', password = '' } = timestamps === undefined ? {} : new URL(timestamps.url);
  if (username !== '' || password !== '')
    throw invalid('ledger.timestamps.url: holds credentials', placeOf(['ledger', 'timestamps', 'url']));
  for (const [index, one] of (checkpoints?.copies ?? []).entries()) {
    const path = ['ledger', 'checkpoints', 'copies', index];
    const folder = typeof one === 'string' && !isS3Url(one) ? one : undefined;
    if (folder !== undefined && `${folder}/`.startsWith(`${evidence}/`))
      throw invalid(
        `${path.join('.')}: ${folder} is in the evidence folder itself`,
        placeOf(path),
        'Whoever can change the ledger must not be able to change what is kept of it.',
      );
    if (typeof one !== 'string' && one.endpoint !== undefined && !isSafe(new URL(one.endpoint)))
      throw invalid(
        `${path.join('.')}.endpoint: ${one.endpoint} is not https, or holds credentials`,
        placeOf(path),
        'Without TLS only this machine is asked.',
      );
  }
}

/** Who signs in there is known by cookies and tokens, which go by TLS. */
function refuseUnsafePortal(
  { evidence, portal }: Pick<Settings, 'evidence' | 'portal'>,
  placeOf: PlaceOf,
): void {
  if (portal === undefined) return;
  if (isElsewhere({ evidence }))
    throw invalid(
      'portal: the server that `evidence` names has the ledger',
      placeOf(['portal']),
      'Set it in the configuration of that server.',
    );
  const { public_url, oidc } = portal;
  if (public_url !== undefined) {
    const url = new URL(public_url);
    if (!isSafe(url) || url.href !== `${url.origin}/`)
      throw invalid(
        `portal.public_url: ${public_url} is not https, or is more than scheme, host and port`,
        placeOf(['portal', 'public_url']),
        'Example: https://evidence.example.com',
      );
  }
  for (const [index, { issuer }] of oidc.entries())
    if (!isSafe(new URL(issuer)))
      throw invalid(`portal.oidc.${index}: ${issuer} is not https`, placeOf(['portal', 'oidc', index]));
}

/** A token goes to the evidence server by TLS. */
function refuseUnsafeSpool(
  { evidence, spool }: Pick<Settings, 'evidence' | 'spool'>,
  placeOf: PlaceOf,
): void {
  if (!isElsewhere({ evidence })) {
    if (spool === undefined) return;
    throw invalid(
      'spool: the server has a ledger of its own, to which records go at once',
      placeOf(['spool']),
      'Leave it out, or let evidence be the URL of the server that has the ledger.',
    );
  }
  if (!URL.canParse(evidence)) throw invalid(`evidence: ${evidence} is no URL`, placeOf(['evidence']));
  const { protocol, hostname, username, password } = new URL(evidence);
  if (username !== '' || password !== '')
    throw invalid('evidence: holds credentials', placeOf(['evidence']), 'Put a token into spool.token_file.');
  if (protocol !== 'https:' && !isLoopback(hostname))
    throw invalid(
      `evidence: ${evidence} is not https, and tokens would go over the network as they are`,
      placeOf(['evidence']),
    );
  if (spool === undefined)
    throw invalid(
      'evidence: is another server, so the records need a spool until that has them',
      placeOf(['evidence']),
      'Set spool.folder.',
    );
}

/** Tokens go over it. */
function isSafe({ protocol, hostname, username, password }: URL): boolean {
  return username === '' && password === '' && (protocol === 'https:' || isLoopback(hostname));
}

/** Whoever may ask must be known: by a certificate, or by being on this machine. */
function refuseUnsafeAuthz(authz: AuthzSettings, tls: Settings['tls'], placeOf: PlaceOf): void {
  const near = isLoopback(authz.listen.host);
  if (authz.tls === false && !near)
    throw invalid(
      `authz.listen.host: ${authz.listen.host} is reached from other machines, where callers must show a certificate`,
      placeOf(['authz', 'listen', 'host']),
      'Leave authz.tls out, or listen on 127.0.0.1.',
    );
  if ((authz.tls ?? !near) && tls?.client_ca === undefined)
    throw invalid(
      'authz: needs tls.client_ca: callers are known by their certificates',
      placeOf(['authz']),
      'Set tls and auth.mtls, or listen on 127.0.0.1 without TLS.',
    );
}

/** What is asked of another machine goes by TLS, and what proves who asks stands in files that hold nothing else. */
export function refuseUnsafeOrigin(
  { s3, oci, http }: BundleSetting,
  path: readonly PropertyKey[],
  placeOf: PlaceOf,
): void {
  const refuse = (keys: readonly string[], message: string, hint: string): ExhibitError => {
    const whole = [...path, ...keys];
    return invalid(`${whole.join('.')}: ${message}`, placeOf(whole), hint);
  };
  if (s3?.endpoint !== undefined) {
    const { protocol, hostname, username, password } = new URL(s3.endpoint);
    if (username !== '' || password !== '')
      throw refuse(
        ['s3', 'endpoint'],
        'holds credentials',
        'Leave them to AWS_PROFILE or the role of the machine.',
      );
    if (protocol !== 'https:' && !isLoopback(hostname))
      throw refuse(
        ['s3', 'endpoint'],
        `${s3.endpoint} is not https`,
        'Without TLS only this machine is asked.',
      );
  }
  if (http !== undefined) {
    const { protocol, hostname, username, password } = new URL(http.url);
    if (username !== '' || password !== '')
      throw refuse(
        ['http', 'url'],
        'holds credentials',
        'Put the token into a file, and name it as token_file.',
      );
    if (protocol !== 'https:' && !isLoopback(hostname))
      throw refuse(['http', 'url'], `${http.url} is not https`, 'Without TLS only this machine is asked.');
  }
  if (oci === undefined) return;
  const { registry } = parseReference(oci.reference);
  if (oci.insecure && !isLoopback(new URL(`http://${registry}`).hostname))
    throw refuse(
      ['oci', 'insecure'],
      `${registry} is another machine`,
      'Without TLS only a registry of this machine is asked. For an authority of your own set NODE_EXTRA_CA_CERTS.',
    );
  if ((oci.username_file === undefined) !== (oci.password_file === undefined))
    throw refuse(['oci'], 'username_file and password_file belong together', 'Name both, or none.');
  if (oci.username_file !== undefined && oci.docker_config !== undefined)
    throw refuse(['oci'], 'has two places for credentials', 'Name either docker_config or the two files.');
}

/** @throws ExhibitError CONFIG_INVALID */
function refuseWrongEvents(
  { bundle, senders, queues }: EventsSetting,
  bundles: readonly BundleSetting[],
  placeOf: PlaceOf,
): void {
  if (bundle !== undefined && !bundles.some(({ name }) => name === bundle))
    throw invalid(`events.bundle: there is no bundle ${bundle}`, placeOf(['events', 'bundle']));
  const known = new Set(['auto', ...SOURCES.map(({ id }) => id)]);
  const named = [
    ...senders.map(({ name, formats }, at) => ({ list: 'senders', at, name, formats })),
    ...queues.map(({ name, format }, at) => ({ list: 'queues', at, name, formats: [format] })),
  ];
  const seen = new Set<string>();
  for (const { list, at, name, formats } of named) {
    const wrong = formats.find((format) => !known.has(format));
    if (wrong !== undefined)
      throw invalid(
        `events.${list}.${at}: there is no format ${wrong}`,
        placeOf(['events', list, at]),
        'exhibit ingest --list shows all.',
      );
    if (seen.has(`${list} ${name}`))
      throw invalid(`events.${list}: ${name} is there twice`, placeOf(['events', list]));
    seen.add(`${list} ${name}`);
  }
}
