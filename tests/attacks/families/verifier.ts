import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openReader } from '../../../src/ledger/index.ts';
import { ROOT } from '../../acceptance/workshop.ts';
import type { Family } from '../attack.ts';
import { ask } from '../stage/ask.ts';
import { type Log, makeLog } from '../stage/log.ts';
import { edit, entries, file, folderOf, swap, tampered } from '../stage/tools.ts';

let log: Promise<Log> | undefined;
const made = () => {
  log ??= makeLog('attacks.example.com/verifier');
  return log;
};
const VERIFIER = join(ROOT, 'dist', 'exhibit-verify.mjs');

export const verifier: Family = {
  name: 'verifier',
  title: 'The verifier',
  attacks: [
    {
      id: '17a',
      attack: 'give the auditor a verifier that says yes',
      opponent: 'operator',
      does: 'edits a record, and brings a program named `exhibit` that prints the answer of the day before',
      blind: [{ command: 'sh OWN ledger verify FOLDER --vkey KEY', exit: 0, says: ['size 600'] }],
      seen: [
        {
          command: 'node VERIFIER ledger FOLDER --vkey KEY',
          exit: 1,
          says: ['LEDGER_CORRUPT', 'record 17 '],
        },
      ],
      remains:
        "Bring the verifier, the key and a checkpoint yourself. `exhibit-verify.mjs` is one file without dependencies; Tessera's `fsck` and the Go packages of sumdb read the same log.",
      async perform() {
        const { honest, vkey } = await made();
        const words = { KEY: vkey, VERIFIER };
        const before = await ask('exhibit ledger verify FOLDER --vkey KEY', { ...words, FOLDER: honest });
        const OWN = file('exhibit', `cat <<'END'\n${before.stdout}END\n`);
        chmodSync(OWN, 0o755);
        const FOLDER = tampered(honest, (folder) =>
          edit(entries(folder), (bytes) => swap(bytes, 'number 0017', 'number 0018')),
        );
        return { attacked: { ...words, OWN, FOLDER }, honest: { ...words, FOLDER: honest } };
      },
    },
    {
      id: '17b',
      attack: 'hand over a record that was edited, with the proof of the true one',
      opponent: 'operator',
      does: 'changes one character of a record, where the auditor runs nothing of Exhibit',
      seen: [
        {
          command: 'sh PAGE',
          exit: 1,
          says: ['STOP: the record is not in the tree of this checkpoint'],
        },
      ],
      remains:
        '`sh`, `sha256sum`, `xxd`, `base64` and `openssl` of the auditor. `PAGE` is what [verify a record by hand](how-to/verify-by-hand.md) has him type.',
      async perform() {
        const { honest, vkey } = await made();
        const { script } = await import('../../interop/verify/page.ts');
        const reader = await openReader(honest);
        let record = '';
        for await (const { bytes } of reader.entries(17, 18)) record = Buffer.from(bytes).toString();
        const proof = await reader.proof(17);
        const PAGE = file('page.sh', script);
        const at = (text: string) => {
          const IN = folderOf(file('record.json', text));
          writeFileSync(join(IN, 'record.tlog-proof'), proof);
          writeFileSync(join(IN, 'log.vkey'), `${vkey}\n`);
          return { IN, PAGE };
        };
        return { attacked: at(record.replace('number 0017', 'number 0018')), honest: at(record) };
      },
    },
  ],
};
