import type { ExportCoverage } from './types.ts';

/** What a reader must know of an export before its rows, one sentence each. */
export function notes({ from, to, ledger, unclosed, gaps, complete }: ExportCoverage): string[] {
  return [
    `Evidence of ${from} to ${to} (UTC), from log ${ledger.origin} at size ${ledger.size}, root ${ledger.root}: ${complete ? 'complete' : 'NOT COMPLETE'}.`,
    ...(unclosed.records === 0
      ? []
      : [`${unclosed.records} records are in days that are not closed: ${unclosed.days.join(', ')}.`]),
    ...gaps.map(({ kind, message }) => `Gap (${kind}): ${message}.`),
  ];
}
