import { describe, expect, it } from 'vitest';
import {
  encodeRecord,
  isExhibitError,
  MAX_RECORD_BYTES,
  parseDraft,
  parseRecord,
  RECORD_TYPES,
  type RecordDraft,
} from './index.ts';

const id = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
const digest = `sha256:${'0'.repeat(64)}` as const;
const base = {
  schema: 'exhibit.record/1',
  record_id: id,
  record_type: 'heartbeat',
  observed_at: '2026-03-01T10:00:00.000Z',
  emitter: 'ci',
  layer: 'ci',
  tool: 'exhibit',
} as const;
const decision = {
  ...base,
  record_type: 'decision',
  run_id: id,
  run_index: 0,
  policy_id: 'p',
  subject_type: 't',
  subject_id: 's',
  verdict: 'fail',
  disposition: 'enforced',
  severity: 'high',
} as const;
const bytes = (text: string) => new TextEncoder().encode(text);

/** What is wrong with a draft: the fields of all issues; nothing when it is taken. */
function wrong(value: unknown): string[] {
  try {
    parseDraft(value);
    return [];
  } catch (error) {
    if (!isExhibitError(error, 'RECORD_INVALID')) throw error;
    return (error.details.issues as { path: string }[]).map(({ path }) => path);
  }
}

function codeOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return isExhibitError(error) ? error.code : String(error);
  }
}

describe('names', () => {
  // U+200B zero width space, U+202E right-to-left override, U+00AD soft hyphen, U+FE0F variation selector,
  // U+3164 Hangul filler: UCD DerivedCoreProperties, Default_Ignorable_Code_Point; e and U+0301 is not NFC.
  const odd = [
    'ci ',
    ' ci',
    'c\u200bi',
    'c\u202ei',
    'c\u00adi',
    'ci\ufe0f',
    '\u3164',
    'cafe\u0301',
    'c\ni',
    'c\u001bi',
  ];
  it.each(odd)('that look like others are not taken: %j', (value) => {
    for (const field of ['emitter', 'tool', 'policy_id', 'override_id'])
      expect(wrong({ ...decision, [field]: value })).toEqual([field]);
  });

  // U+2024 one dot leader and U+FF45 fullwidth e: their NFKC forms are the letters of exhibit.ledger.
  it.each([
    'Exhibit.ledger',
    'EXHIBIT.LEDGER',
    'exhibit\u2024ledger',
    '\uff45xhibit.ledger',
    'exhibit.other',
  ])('of Exhibit itself are not taken: %j', (emitter) => {
    expect(wrong({ ...base, emitter })).toEqual(['emitter']);
    expect(wrong({ ...base, record_type: 'key', emitter })).toEqual(['emitter']);
  });

  it.each(['ci', 'exhibit', 'exhibit@host.example', 'exhibit-lake', 'Zürich gate', 'exhibitor.x', '監査'])(
    'are taken: %j',
    (emitter) => expect(wrong({ ...base, emitter, policy_id: emitter })).toEqual([]),
  );

  it('that were recorded before stay readable', () => {
    const before = { ...base, emitter: 'Exhibit.ledger ', recorded_at: base.observed_at };
    expect(parseRecord(encodeRecord(before)).emitter).toBe('Exhibit.ledger ');
  });
});

describe('drafts', () => {
  it('are taken as they are', () => {
    expect(parseDraft(base)).toEqual(base);
    expect(parseDraft(decision)).toEqual(decision);
  });

  it.each([
    ['a field that is not in the schema', { extra: 1 }, ''],
    ['the time of the ledger', { recorded_at: base.observed_at }, ''],
    ['another version', { schema: 'exhibit.record/2' }, 'schema'],
    ['an id of version 4', { record_id: '017f22e2-79b0-4cc3-98c4-dc0c0c07398f' }, 'record_id'],
    ['an id in upper case', { record_id: id.toUpperCase() }, 'record_id'],
    ['an id of another variant', { record_id: '017f22e2-79b0-7cc3-c8c4-dc0c0c07398f' }, 'record_id'],
    ['an unknown type', { record_type: 'guess' }, 'record_type'],
    ['a time without milliseconds', { observed_at: '2026-03-01T10:00:00Z' }, 'observed_at'],
    ['a time with an offset', { observed_at: '2026-03-01T10:00:00.000+01:00' }, 'observed_at'],
    ['a month that is none', { observed_at: '2026-13-01T10:00:00.000Z' }, 'observed_at'],
    ['an hour that is none', { observed_at: '2026-03-01T24:00:00.000Z' }, 'observed_at'],
    ['a leap second', { observed_at: '2026-03-01T23:59:60.000Z' }, 'observed_at'],
    ['an empty emitter', { emitter: '' }, 'emitter'],
    ['a long emitter', { emitter: 'x'.repeat(257) }, 'emitter'],
    ['a negative sequence', { sequence: -1 }, 'sequence'],
    ['a broken sequence', { sequence: 1.5 }, 'sequence'],
    ['an unknown layer', { layer: 'moon' }, 'layer'],
    ['a digest in upper case', { raw_digest: `sha256:${'A'.repeat(64)}` }, 'raw_digest'],
    ['a digest that is short', { raw_digest: `sha256:${'0'.repeat(63)}` }, 'raw_digest'],
    ['a digest of another hash', { raw_digest: `sha512:${'0'.repeat(64)}` }, 'raw_digest'],
    ['line 0', { line: 0 }, 'line'],
    ['an unknown verdict', { verdict: 'ok' }, 'verdict'],
    ['a long message', { message: 'x'.repeat(16_385) }, 'message'],
    [
      'a redaction with more than path and reason',
      { redactions: [{ path: '/a', reason: 'policy', value: 1 }] },
      'redactions.0',
    ],
    ['details that are no JSON', { details: { at: undefined } }, 'details.at'],
    ['undefined for a field', { tool: undefined }, 'tool'],
  ])('are refused with %s', (_name, change, field) => {
    expect(wrong({ ...base, ...change })).toContain(field);
  });

  it.each([
    [
      'decision',
      [
        'run_id',
        'run_index',
        'policy_id',
        'subject_type',
        'subject_id',
        'verdict',
        'disposition',
        'severity',
      ],
    ],
    ['run', ['run_id', 'run_total']],
    ['gap', ['message']],
    ['override', ['override_id', 'override_digest']],
    ['policy', ['policy_revision', 'bundle_digest', 'control_map_digest']],
    ['manifest', ['details']],
  ])('of type %s need their fields', (record_type, fields) => {
    expect(wrong({ ...base, record_type }).sort()).toEqual([...fields].sort());
  });

  it('of every other type need no more than the base', () => {
    const strict = ['decision', 'run', 'gap', 'override', 'policy', 'manifest'];
    for (const record_type of RECORD_TYPES.filter((type) => !strict.includes(type))) {
      expect(wrong({ ...base, record_type })).toEqual([]);
    }
  });

  it('of a run say how many decisions it made, also when that is zero', () => {
    expect(wrong({ ...base, record_type: 'run', run_id: id, run_total: 0 })).toEqual([]);
  });
});

describe('waived is never pass', () => {
  const waived = { ...decision, disposition: 'waived', override_id: 'o', override_digest: digest };
  it('a waived fail names its override', () => {
    expect(wrong(waived)).toEqual([]);
    const { override_id: _, ...without } = waived;
    expect(wrong(without)).toEqual(['override_id']);
  });

  it.each(['pass', 'error', 'not_applicable', 'not_evaluated'])('a %s cannot be waived', (verdict) => {
    expect(wrong({ ...waived, verdict })).toContain('verdict');
  });

  it.each([
    ['none', []],
    ['enforced', ['disposition']],
    ['warned', ['disposition']],
    ['observed', ['disposition']],
    ['awaiting_approval', ['disposition']],
  ])('a pass with disposition %s: %j', (disposition, fields) => {
    expect(wrong({ ...decision, verdict: 'pass', disposition })).toEqual(fields);
  });
});

describe('bytes of the log', () => {
  const record = { ...base, recorded_at: '2026-03-01T10:00:01.000Z' };
  const text =
    '{"emitter":"ci","layer":"ci","observed_at":"2026-03-01T10:00:00.000Z","record_id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f",' +
    '"record_type":"heartbeat","recorded_at":"2026-03-01T10:00:01.000Z","schema":"exhibit.record/1","tool":"exhibit"}';

  it('are the canonical form, and read back as the record', () => {
    expect(new TextDecoder().decode(encodeRecord(record))).toBe(text);
    expect(parseRecord(bytes(text))).toEqual(record);
  });

  it.each([
    ['a space', text.replace(':', ': '), 'RECORD_NOT_CANONICAL'],
    ['a line end', `${text}\n`, 'RECORD_NOT_CANONICAL'],
    ['an escape that is not needed', text.replace('"ci"', '"\\u0063i"'), 'RECORD_NOT_CANONICAL'],
    ['a key twice', text.replace('{', '{"emitter":"ci",'), 'RECORD_NOT_CANONICAL'],
    [
      'other order',
      text.replace('"emitter":"ci","layer":"ci"', '"layer":"ci","emitter":"ci"'),
      'RECORD_NOT_CANONICAL',
    ],
    ['a byte order mark', `\ufeff${text}`, 'RECORD_INVALID'],
    ['no JSON', text.slice(0, -1), 'RECORD_INVALID'],
    [
      'a missing recorded_at',
      text.replace('"recorded_at":"2026-03-01T10:00:01.000Z",', ''),
      'RECORD_INVALID',
    ],
    ['something else', '[]', 'RECORD_INVALID'],
  ])('with %s are refused', (_name, entry, code) => {
    expect(codeOf(() => parseRecord(bytes(entry)))).toBe(code);
  });

  it('that are no UTF-8 are refused', () => {
    expect(codeOf(() => parseRecord(Uint8Array.of(0x22, 0xff, 0x22)))).toBe('RECORD_INVALID');
  });

  it('are at most 65,535', () => {
    const filled = (length: number): RecordDraft => ({ ...base, details: { x: 'x'.repeat(length) } });
    const room = MAX_RECORD_BYTES - encodeRecord(filled(0)).length;
    expect(encodeRecord(filled(room))).toHaveLength(65_535);
    expect(codeOf(() => encodeRecord(filled(room + 1)))).toBe('RECORD_TOO_LARGE');
    expect(codeOf(() => encodeRecord({ ...base, details: { x: 'é'.repeat(40_000) } }))).toBe(
      'RECORD_TOO_LARGE',
    );
    expect(codeOf(() => parseRecord(new Uint8Array(65_536)))).toBe('RECORD_TOO_LARGE');
  });
});
