import type { App } from '../app.ts';
import type { CertificateFiles } from '../http/certificates.ts';
import type { Settings } from '../settings.ts';
import { ownFolder } from '../spool-settings.ts';
import { leafFiles } from './files.ts';
import type { Issuer } from './issuer.ts';

/** What makes certificates is loaded only where the server makes its own. */
export async function openIssuer(
  { settings, clock, log, metrics }: App,
  files: CertificateFiles | undefined,
): Promise<Issuer | undefined> {
  const issued = settings.tls?.issued;
  if (issued === undefined || files === undefined) return undefined;
  const { Issuer: Opened } = await import('./issuer.ts');
  const keeper =
    issued.webhook === undefined
      ? undefined
      : await (await import('./webhook/open.ts')).openKeeper(issued.webhook, process.env, {
          clock,
          log,
          metrics,
        });
  return Opened.open({ issued, files, keeper, clock, log, metrics });
}

/** Of `tls`, or those that the server makes itself. */
export function filesOf(settings: Settings): CertificateFiles | undefined {
  const { tls } = settings;
  if (tls === undefined) return undefined;
  const { cert, key, client_ca, issued } = tls;
  if (issued !== undefined) return { ...leafFiles(ownFolder(settings)), client_ca };
  return cert === undefined || key === undefined ? undefined : { cert, key, client_ca };
}
