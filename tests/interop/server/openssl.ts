import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** True where openssl is not there. In CI a missing one is a failure. */
export const missing = spawnSync('openssl', ['version']).status !== 0;
if (missing && process.env.CI === 'true') throw new Error('openssl was not found');

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Certificates that openssl makes: `NAME.pem` and `NAME.key` in a folder. */
export function certificatesIn(folder: string) {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  return {
    /** Signed by itself. @param more further arguments, such as `-addext` */
    authority(name: string, ...more: string[]): void {
      const to = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
      openssl('req', '-x509', ...KEY, '-subj', `/CN=${name}`, '-days', '2', ...more, ...to);
    },
    /** @param san as openssl writes it: `IP:127.0.0.1` @param days for which it holds; -1: it is over */
    certificate(name: string, san: string, by: string, days = '1'): void {
      openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${san}\n`);
      const from = ['-in', `${name}.csr`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial'];
      openssl('x509', '-req', ...from, '-days', days, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
    },
  };
}
