import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { askPopulation, drawDetails, drawSample, periodEnd, sourceHere } from '../../../src/audit/index.ts';
import { openLedger, openReader } from '../../../src/ledger/index.ts';
import { parseRecord, SCHEMA, uuidv7 } from '../../../src/record/index.ts';
import type { Family } from '../attack.ts';
import { ask } from '../stage/ask.ts';
import { closed, closeLakes, DAY, ordinary, wordsOf } from '../stage/lake.ts';
import { file } from '../stage/tools.ts';

/** Index of the one decision that failed. */
const FAILED = 1;
const SCOPE = `--control soc2/cc6.1 --from ${DAY} --to ${DAY}`;
const ONE = '--census 0 --size 1';

export const sample: Family = {
  name: 'sample',
  title: 'The sample',
  close: closeLakes,
  attacks: [
    {
      id: '15a',
      attack: 'choose the sample',
      opponent: 'operator',
      does: 'puts a draw into the log whose items are others than those that its seed draws',
      blind: [{ command: 'exhibit verify record RECORD PROOF --vkey KEY', exit: 0, says: ['index'] }],
      seen: [
        {
          command: 'exhibit sample again DRAW --evidence FOLDER',
          exit: 1,
          says: ['ANOTHER SAMPLE', 'items'],
        },
      ],
      remains:
        'Records that are handed over "at random" without a draw prove nothing of their choice. The script of docs/reference/sample.md shows the same without this program.',
      async perform() {
        const { folder } = await closed(ordinary);
        const honest = await drawn(await wordsOf(folder), '0123456789abcdef');
        const attacked = await drawn(await wordsOf(folder), '0123456789abcdef');
        return { attacked: { ...attacked, ...(await forged(attacked.FOLDER, attacked.DRAW)) }, honest };
      },
    },
    {
      id: '15b',
      attack: 'draw until the sample pleases',
      opponent: 'operator',
      does: 'draws with one nonce after another, and hands over the last sample',
      seen: [{ command: `exhibit sample list --evidence FOLDER ${SCOPE}`, exit: 0, says: ['3 draws'] }],
      remains:
        'Draws of a log that was taken back to before them: 2a. The numbers of the acts have a hole where the lake alone lost one, and the list then says that there may be more.',
      async perform() {
        const { folder } = await closed(ordinary);
        const attacked = await wordsOf(folder);
        for (const nonce of ['0123456789abcdef', 'fedcba9876543210']) await drawn(attacked, nonce);
        return {
          attacked: await drawn(attacked, '00112233445566778899'),
          honest: await drawn(await wordsOf(folder), '0123456789abcdef'),
        };
      },
    },
    {
      id: '15c',
      attack: 'take rows out of the population',
      opponent: 'insider',
      does: 'removes a file of the lake, which has the decision that failed, and leaves the log as it is',
      blind: [{ command: 'exhibit ledger verify FOLDER --vkey KEY', exit: 0, says: ['not witnessed'] }],
      seen: [
        {
          command: 'exhibit sample again DRAW --evidence FOLDER',
          exit: 3,
          says: ['LAKE_FAILED', 'this is not the whole population'],
        },
      ],
      remains: 'Nothing, as long as the log is whole: `exhibit lake rebuild` makes the file anew.',
      async perform() {
        const { folder } = await closed(ordinary);
        const honest = await drawn(await wordsOf(folder), '0123456789abcdef');
        const attacked = await drawn(await wordsOf(folder), '0123456789abcdef');
        rmSync(join(attacked.FOLDER, 'evidence', 'soc2', 'cc6.1'), { recursive: true });
        return { attacked, honest };
      },
    },
    {
      id: '15d',
      attack: 'try nonces elsewhere, and draw once',
      opponent: 'operator',
      does: 'computes samples on a machine of his own, and draws with the first nonce that leaves out what failed',
      blind: [
        { command: 'exhibit sample again DRAW --evidence FOLDER', exit: 0, says: ['the same sample'] },
        { command: `exhibit sample list --evidence FOLDER ${SCOPE}`, exit: 0, says: ['1 draw'] },
      ],
      seen: [],
      undefended: true,
      remains:
        'Not defended where the operator says the nonce: whoever has the log can try as many as he likes. The auditor says it, after the period is over, and never sees a sample before.',
      async perform() {
        const { folder } = await closed(ordinary);
        const words = await wordsOf(folder);
        return { attacked: await drawn(words, await pleasing(words.FOLDER)), honest: words };
      },
    },
  ],
};

/** Draws one item, and names the record of the draw. It ends with 3: nobody is expected here. */
async function drawn<T extends { FOLDER: string }>(words: T, nonce: string): Promise<T & { DRAW: string }> {
  const command = `exhibit sample draw --evidence FOLDER ${SCOPE} ${ONE} -o json --nonce ${nonce}`;
  const { code, stdout, stderr } = await ask(command, words);
  if (code !== 3) throw new Error(`${command}: ${stderr}`);
  const { draw } = JSON.parse(stdout) as { draw: { record_id: string } };
  return { ...words, DRAW: draw.record_id };
}

/** A draw as the true one, but for its items; and one record with its proof. */
async function forged(folder: string, draw: string) {
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const ledger = await openLedger(folder, { clock: Date.now, random });
  const true_one = parseRecord((await ledger.entry((await ledger.find(draw)) ?? 0)).bytes);
  const details = drawDetails.parse(true_one.details);
  const record_id = uuidv7(Date.now(), random);
  const { observed_at, layer, tool, message } = true_one;
  const base = {
    schema: SCHEMA as typeof SCHEMA,
    record_type: 'query' as const,
    observed_at,
    emitter: 'audit',
  };
  const items_digest = `sha256:${'0'.repeat(64)}`;
  await ledger.append('audit', [
    {
      ...base,
      record_id,
      layer,
      tool,
      ...(message === undefined ? {} : { message }),
      details: { ...details, method: { ...details.method }, items_digest },
    },
  ]);
  await ledger.seal();
  const RECORD = file('record.json', (await ledger.entry(2)).bytes);
  const PROOF = file('record.tlog-proof', await ledger.proof(2));
  await ledger.close();
  return { DRAW: record_id, RECORD, PROOF };
}

/** The first nonce of which the one item that is drawn is another than the one that failed. */
async function pleasing(folder: string): Promise<string> {
  const reader = await openReader(folder);
  const scope = { framework: 'soc2', from: DAY, to: DAY };
  const population = await askPopulation(sourceHere(reader).ask, {
    scope,
    target: { control: 'cc6.1' },
    unit: 'record',
  });
  const end = await periodEnd(reader, scope);
  await reader.close();
  const method = { census: 0, size: { by: 'number', size: 1 } } as const;
  for (let tried = 0; ; tried += 1) {
    const nonce = `${tried}`.padStart(16, '0');
    if (drawSample(population, end, nonce, method).items[0]?.row.log_index !== FAILED) return nonce;
  }
}
