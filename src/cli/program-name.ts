import { basename, relative } from 'node:path';

/**
 * The program as a user types it in a folder: `node bin/exhibit.js` in a checkout, `exhibit` wherever it is installed.
 * @param script what Node was started with
 */
export function programName(cwd: string, script = process.argv[1] ?? ''): string {
  const path = relative(cwd, script).replaceAll('\\', '/');
  return basename(script) === 'exhibit.js' && !path.startsWith('../') ? `node ${path}` : 'exhibit';
}
