import { generatedWarning } from '../../record/index.ts';
import type { Anchors } from '../anchored.ts';
import { formatLevel } from '../level.ts';
import { completeText, NOT_ON_RECORD, sampleText, type VerifiedPack } from '../pack/index.ts';
import { isWitnessKey } from '../vkey.ts';
import type { Said } from './check.ts';
import { type Element, element } from './dom.ts';

/** Most lines of one list; how many more there are is said. */
const MOST_LINES = 500;

/** What is shown of an outcome. The first element is its headline. */
export function show(said: Said, name: string): Element[] {
  switch (said.kind) {
    case 'holds':
      return holds(said, name);
    case 'differs':
      return [
        headline('DOES NOT HOLD', 'bad'),
        element('p', `${name} is not what it should be.`),
        table('What was found', [
          ['What', `${said.code}: ${said.message}`],
          ['File', said.file ?? 'none: it is the pack as a whole'],
          ['Next', said.hint],
        ]),
        ...(said.damaged.length === 0
          ? []
          : [element('h3', 'Files whose bytes were changed'), list(said.damaged)]),
        element('h3', 'What was not checked'),
        element('p', 'All that comes after what was found: one thing that is wrong is enough.'),
      ];
    case 'beside':
      return [
        headline(
          said.ofAnother ? 'NOT THE PACK OF THIS RECORD' : 'THE RECORD BESIDE THE PACK DOES NOT HOLD',
          'bad',
        ),
        element(
          'p',
          said.ofAnother
            ? `${name} holds together. The record that was given with it is in the log that the key signed, and is not of this pack.`
            : `${name} holds together. The record or the proof that was given with it is not what it should be, so this is not shown to be the pack on record.`,
        ),
        table('What was found', [
          ['What', said.message],
          ['Next', said.hint],
        ]),
      ];
    case 'no key':
      return [
        headline('NOT KNOWN: no key was given', 'unsure'),
        ...generated(said.contents.log.origin),
        element(
          'p',
          `${name} agrees with its own list, byte for byte. Anybody can make a pack that does: without the public key of the log, from a place that its operator cannot change for you alone, it cannot be known who signed, whether a record is in the log, or whether the log was changed.`,
        ),
        table('What it says of itself, unproven', [
          ['Engagement', engagementOf(said.contents.engagement)],
          ['Log', `${said.contents.log.origin}, size ${said.contents.log.size}`],
          ['Files', String(said.files)],
        ]),
      ];
    case 'not asked':
      return [headline('NOT CHECKED', 'unsure'), element('p', said.message)];
  }
}

function holds(
  { found, keys, recorded, anchors }: Extract<Said, { kind: 'holds' }>,
  name: string,
): Element[] {
  const { contents, incomplete, digest, level } = found;
  const { engagement, log, left_out } = contents;
  const complete = completeText(found);
  const headed =
    recorded === undefined
      ? headline('HOLDS TOGETHER; not shown to be the pack on record', 'unsure')
      : incomplete.length === 0
        ? headline('HOLDS', 'good')
        : headline(`HOLDS, and ${incomplete.length} of its answers are not complete`, 'unsure');
  return [
    headed,
    ...generated(log.origin),
    element(
      'p',
      recorded === undefined
        ? `${name}: its files are as its own list says. ${NOT_ON_RECORD} Choose the .record.json and the .tlog-proof that came with it as well.`
        : `${name}: each byte is accounted for, its records and proofs follow from the log that the key signed, and this very pack is on the record of that log.`,
    ),
    table('What was checked', [
      ['Complete', complete],
      [
        'On record',
        recorded === undefined
          ? 'NOT SHOWN: the .record.json and the .tlog-proof were not given'
          : `record ${recorded.index} of a log of ${recorded.size} has the digest of this pack`,
      ],
      ['Engagement', engagementOf(engagement)],
      ['Level', formatLevel({ ...level, anchors })],
      ['Log', `${log.origin}, size ${log.size}`],
      ['Root', log.root],
      ['Files', `${found.files}, each as the list says`],
      ['Records', `${found.records}, each with its inclusion proof; of these ${found.manifests} manifests`],
      ['Unchanged', `${found.continuations} proofs that the log goes on from earlier states`],
      ['Answers', `${found.answers}, each digest follows from its rows`],
      ['Samples', sampleText(found)],
      ['Lake', `${found.lake_files} files as the manifests say`],
      ['Blobs', `${found.blobs}, each named by its digest`],
      ['SHA-256 of the pack', digest],
    ]),
    table(
      'By which keys',
      keys.map((key) => [isWitnessKey(key) ? 'Witness' : 'Log', `${key.name}+${key.id}`]),
    ),
    ...(incomplete.length === 0
      ? []
      : [
          element('h3', 'Answers that are not complete'),
          element('p', 'What they do not say is no good news.'),
          list(incomplete),
        ]),
    element('h3', 'What was not checked, and what is not in it'),
    list([
      ...(recorded === undefined
        ? [
            'Whether this very pack is on the record of the log: give the .record.json and .tlog-proof that lie beside it as well.',
          ]
        : []),
      'Whether the answers are right: their rows are those of the engine that was asked. The files that it read are named by the manifests, with digests.',
      'Whether the key is the one of the log: that is where you have it from.',
      ...timesNotChecked(found, anchors),
      ...left_out.map((one) => `Left out: ${one}`),
    ]),
  ];
}

/** What must be known first of a log whose data were made up. */
function generated(origin: string): Element[] {
  const warning = generatedWarning(origin);
  return warning === undefined ? [] : [element('p', warning)];
}

function timesNotChecked({ stamps }: VerifiedPack, { stamped }: Anchors): string[] {
  if (stamped !== undefined)
    return [
      stamps.length === 0
        ? 'When it was: the pack has no time stamp, though roots of time authorities were given.'
        : 'Whether a certificate of a time authority was revoked: that wants a network.',
    ];
  return stamps.length === 0
    ? []
    : [
        `When it was: ${stamps.length} time stamps are in the pack; give the roots of the authority that you believe.`,
      ];
}

function headline(text: string, className: 'good' | 'bad' | 'unsure'): Element {
  return element('h2', text, className);
}

function engagementOf({ id, framework, from, to }: VerifiedPack['contents']['engagement']): string {
  return `${id}: ${framework}, ${from} to ${to} (UTC days)`;
}

function table(caption: string, rows: readonly (readonly [string, string])[]): Element {
  const lines = rows.map(([name, value]) => {
    const head = element('th', name);
    head.setAttribute('scope', 'row');
    return element('tr', [head, element('td', value)]);
  });
  return element('table', [element('caption', caption), element('tbody', lines)]);
}

function list(lines: readonly string[]): Element {
  const shown = lines.slice(0, MOST_LINES).map((line) => element('li', line));
  const more = lines.length - shown.length;
  return element('ul', more > 0 ? [...shown, element('li', `and ${more} more`)] : shown);
}
