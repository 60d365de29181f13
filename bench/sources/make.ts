import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const TESTDATA = join(import.meta.dirname, '..', '..', 'src', 'sources', 'testdata');
const PART = 8 * 1024 * 1024;

/** A report of about so many bytes from real records of the fixtures, each with ids of its own. @returns how many records */
export function writeReport(kind: 'prowler' | 'audit', path: string, bytes: number): number {
  const file = openSync(path, 'w');
  try {
    return kind === 'prowler'
      ? repeat(file, prowlerFindings(), bytes, { begin: '[', between: ',', end: ']' })
      : repeat(file, auditEvents(), bytes, { begin: '', between: '\n', end: '\n' });
  } finally {
    closeSync(file);
  }
}

interface Frame {
  begin: string;
  between: string;
  end: string;
}

function repeat(file: number, texts: readonly string[], bytes: number, frame: Frame): number {
  let written = 0;
  let count = 0;
  let part = frame.begin;
  while (written + part.length < bytes) {
    const text = texts[count % texts.length] as string;
    part += (count === 0 ? '' : frame.between) + text.replaceAll('@@', count.toString(16).padStart(12, '0'));
    count += 1;
    if (part.length >= PART) {
      written += writeSync(file, part);
      part = '';
    }
  }
  writeSync(file, part + frame.end);
  return count;
}

/** As Prowler writes them: indented by four, ids of its own form. */
function prowlerFindings(): string[] {
  return ['aws', 'azure', 'gcp', 'kubernetes'].flatMap((cloud) => {
    const text = readFileSync(join(TESTDATA, 'prowler', `example_output_${cloud}.ocsf.json`), 'utf8');
    return (JSON.parse(text) as Record<string, { uid: string }>[]).map((finding) => {
      finding.finding_info = { ...finding.finding_info, uid: 'prowler-check-123456789012-eu-west-1-@@' };
      const [first] = finding.resources as unknown as { uid: string; name: string }[];
      if (first !== undefined) {
        first.uid = 'arn:aws:s3:::bucket-@@';
        first.name = 'bucket-@@';
      }
      return JSON.stringify(finding, null, 4);
    });
  });
}

/** As the log backend writes them: one event a line. */
function auditEvents(): string[] {
  const folder = join(TESTDATA, 'k8s-audit');
  return readdirSync(folder).flatMap((name) => {
    const rule = parse(readFileSync(join(folder, name), 'utf8')) as {
      Tests: { Log: Record<string, unknown> }[];
    };
    return rule.Tests.map(({ Log }) => Log)
      .filter((log) => log.kind === 'Event')
      .map((log) =>
        JSON.stringify({
          level: 'RequestResponse',
          stage: 'ResponseComplete',
          requestReceivedTimestamp: '2026-01-02T03:04:05.678901Z',
          stageTimestamp: '2026-01-02T03:04:05.680000Z',
          ...log,
          auditID: '35506555-dffc-4337-b2b1-@@',
        }),
      );
  });
}
