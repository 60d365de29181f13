// A time-stamping authority in a process of its own, for pages: prints its URL and the file with its root, and ends with its parent.
import { join } from 'node:path';
import { Authority } from '../../src/verify/testing/authority.ts';

const authority = new Authority('ec');
const url = await authority.listen();
process.stdout.write(`${JSON.stringify({ url, root: join(authority.folder, 'root.pem') })}\n`);
process.stdin.resume();
process.stdin.on('end', () => void authority.close());
