import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalize } from '../../../src/record/index.ts';
import type { Family } from '../attack.ts';
import { ask } from '../stage/ask.ts';
import { closeLakes, lakeOf, ordinary, wordsOf } from '../stage/lake.ts';
import { blobFile, file, tampered } from '../stage/tools.ts';

const REPOSITORY = 'github.com/example/shop';
const NAME = 'grace.brewster.hopper';

/** A log in which a person has done something: merged a change past the gate. */
async function withPerson(): Promise<{ FOLDER: string; KEY: string; NAME: string }> {
  const lake = await lakeOf(ordinary);
  const words = await wordsOf(lake.folder);
  const MERGES = file(
    'merges.json',
    JSON.stringify([
      {
        ...{ number: 7, html_url: `https://${REPOSITORY}/pull/7`, title: 'A change', labels: [] },
        ...{ merged_at: '2026-03-02T12:00:00Z', merged_by: { login: NAME } },
        ...{ head: { sha: '1'.repeat(40) }, base: { ref: 'main' } },
      },
    ]),
  );
  const { stderr } = await ask(
    `exhibit merges import github --repository ${REPOSITORY} --evidence FOLDER --file MERGES`,
    { ...words, MERGES },
  );
  await ask('exhibit ledger seal FOLDER', words);
  if (people(words.FOLDER).length !== 1) throw new Error(`one person is to be there: ${stderr}`);
  return { ...words, NAME };
}

const people = (folder: string): string[] => readdirSync(join(folder, 'private', 'actors'));

/** What somebody who has a list of names can compute from each without the folder. */
const guesses = (name: string): string[] =>
  ['sha256', 'sha1', 'md5', 'sha512'].flatMap((hash) =>
    [name, `actor:${name}`, `"${name}"`].map((text) => createHash(hash).update(text).digest('hex')),
  );

export const erasure: Family = {
  name: 'erasure',
  title: 'Names and private inputs',
  close: closeLakes,
  attacks: [
    {
      id: '16a',
      attack: 'find out whom a record is about, with a list of names',
      opponent: 'outsider',
      does: 'hashes each name, and looks for name and hash in the folder without `private/`, which no copy takes along',
      seen: [],
      holds: [{ command: 'grep -rlaF NAME COPY', exit: 1, says: [] }],
      remains: 'Names that a policy, a path or a message of a tool has in it are text as any other.',
      async perform() {
        const words = await withPerson();
        // What somebody else may have: names are in `private/` alone, which `store copy` leaves where it is.
        const COPY = tampered(words.FOLDER, (folder) => rmSync(join(folder, 'private'), { recursive: true }));
        const reference = JSON.parse(
          readFileSync(join(words.FOLDER, 'private', 'actors', people(words.FOLDER)[0] ?? ''), 'utf8'),
        ) as { reference: string };
        const found = guesses(NAME).filter((guess) => guess.startsWith(reference.reference.slice(6)));
        if (found.length > 0) throw new Error('the reference follows from the name');
        return { attacked: { ...words, COPY }, honest: words };
      },
    },
    {
      id: '16b',
      attack: 'have a person removed, and take the removal for tampering',
      opponent: 'operator',
      does: 'removes the name behind a reference, as the law asks for',
      seen: [],
      holds: [
        { command: 'exhibit ledger verify FOLDER --vkey KEY', exit: 0, says: ['0 missing; 0 differ'] },
        { command: 'grep -rlaF NAME FOLDER', exit: 1, says: [] },
      ],
      remains:
        'Copies of `private/` in backups. Inputs that hold personal data are blobs: removing one is said as missing, exit 3.',
      async perform() {
        const words = await withPerson();
        for (const name of people(words.FOLDER)) rmSync(join(words.FOLDER, 'private', 'actors', name));
        return { attacked: words, honest: words };
      },
    },
    {
      id: '16c',
      attack: 'guess a stored input, and know by its digest that the guess is right',
      opponent: 'outsider',
      does: 'has the records without the blobs, writes the document that he thinks was judged, and compares digests',
      blind: [{ command: 'sha256sum GUESS', exit: 0, says: ['DIGEST'] }],
      seen: [],
      remains:
        'Not defended: digests of inputs are not salted, so that the same input has the same digest everywhere. It takes the whole document, byte for byte; secrets are redacted before it is hashed. Leaf hashes cannot be guessed so: the id of a record has 74 random bits, but for ids that follow from the id of its source.',
      async perform() {
        const lake = await lakeOf(ordinary);
        const judged = new TextEncoder().encode(canonicalize({ database: 'payroll', encrypted: false }));
        const digest = await lake.ledger.putBlob(judged);
        const GUESS = file('guess.json', '{"database":"payroll","encrypted":false}');
        if (!readFileSync(blobFile(lake.folder, digest)).equals(readFileSync(GUESS)))
          throw new Error('no guess');
        return { attacked: { GUESS, DIGEST: digest.slice(7) }, honest: {} };
      },
    },
  ],
};
