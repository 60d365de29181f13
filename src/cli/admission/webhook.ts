import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { ExhibitError } from '../../record/index.ts';
import { CONFIGURATION, type WebhookPlace, webhookConfiguration } from '../../server/index.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type RoleRule, roleManifest } from '../role.ts';

export interface WebhookFlags {
  service?: string;
  url?: string;
  ca?: string;
  ignoreFailures?: boolean;
  exempt: string[];
  timeout?: number;
  deletes?: boolean;
  keepCa?: boolean;
  printRole?: string;
}

const TIMEOUT = 5;
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** What the server needs to keep caBundle of that one configuration, and nothing else. */
const CA_RULES: RoleRule[] = [
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingwebhookconfigurations'],
    resourceNames: [CONFIGURATION],
    verbs: ['get', 'patch'],
  },
];

/** Prints the configuration that makes an API server ask this webhook, as YAML. */
export async function webhook(flags: WebhookFlags, context: Context): Promise<ExitCode> {
  if (flags.printRole !== undefined) {
    context.stdout.write(roleManifest(CA_RULES, flags.printRole));
    return EXIT.ok;
  }
  const timeout = flags.timeout ?? TIMEOUT;
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > 30)
    throw new ExhibitError('USAGE', `--timeout: an API server waits 1 to 30 seconds, not ${timeout}`);
  const bad = flags.exempt.find((name) => !NAME.test(name));
  if (bad !== undefined) throw new ExhibitError('USAGE', `--exempt: ${JSON.stringify(bad)} is no namespace`);
  const configuration = webhookConfiguration({
    place: placeOf(flags),
    ...(flags.ca === undefined ? {} : { ca: authority(flags.ca, context) }),
    failure: flags.ignoreFailures === true ? 'Ignore' : 'Fail',
    exempt: flags.exempt,
    timeout,
    deletes: flags.deletes === true,
    keepsCa: flags.keepCa === true,
  });
  context.stdout.write(stringify(configuration, { lineWidth: 0 }));
  if (flags.ignoreFailures === true)
    context.stderr.write(
      'warning: while the webhook cannot answer, everything is admitted and nothing is recorded.\n',
    );
  context.stderr.write('next: kubectl apply -f - with this, once the server is ready\n');
  return EXIT.ok;
}

function placeOf({ service, url }: WebhookFlags): WebhookPlace {
  if ((service === undefined) === (url === undefined))
    throw new ExhibitError('USAGE', 'name either --service or --url: where an API server finds the webhook');
  if (url !== undefined) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed?.protocol !== 'https:' || parsed.search !== '' || parsed.hash !== '' || parsed.username !== '')
      throw new ExhibitError(
        'USAGE',
        '--url: an API server asks by https only, without a name, query or fragment',
      );
    return { url };
  }
  const [, namespace = '', name = '', port = '443'] =
    /^([^/:]+)\/([^/:]+)(?::(\d{1,5}))?$/.exec(service ?? '') ?? [];
  if (!NAME.test(namespace) || !NAME.test(name) || Number(port) < 1 || Number(port) > 65_535)
    throw new ExhibitError('USAGE', '--service: expected NAMESPACE/NAME, or NAMESPACE/NAME:PORT');
  return { service: { namespace, name, port: Number(port) } };
}

/** @throws ExhibitError NOT_FOUND, USAGE for what holds no certificate */
function authority(file: string, { cwd }: Context): Uint8Array {
  const path = resolve(cwd, file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the certificate of the authority cannot be read', {
      cause,
      location: { file },
    });
  }
  try {
    new X509Certificate(bytes);
  } catch (cause) {
    throw new ExhibitError('USAGE', '--ca: the file holds no certificate in PEM', {
      cause,
      location: { file },
    });
  }
  return bytes;
}
