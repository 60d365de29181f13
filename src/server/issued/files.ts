import { join } from 'node:path';

/** Where the certificate of a server lies that it makes itself. */
export interface LeafFiles {
  cert: string;
  key: string;
}

/** Below the server's own folder: each replica has a certificate of its own. */
export function leafFiles(own: string): LeafFiles {
  const folder = join(own, 'server', 'tls');
  return { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
}
