import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tests leave gigabytes: all of a run goes into one folder, which goes with it. EXHIBIT_KEEP=1 keeps it, to look at what a test left. */
export default function setup(): () => void {
  // Short: the path of a socket has 104 characters.
  const folder = mkdtempSync(join(tmpdir(), 'xt-'));
  process.env.TMPDIR = folder;
  return () => {
    if (process.env.EXHIBIT_KEEP === '1') process.stdout.write(`kept: ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}
