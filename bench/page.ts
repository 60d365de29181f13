import type { Row } from './measure.ts';

export interface Section {
  name: string;
  rows: readonly Row[];
}

const TITLES: Record<string, string> = {
  check: 'Judging: the same manifests and the same five rules, once and twenty times; a large plan',
  build: 'Building the bundle of the policies',
  lsp: 'A commit of ten changed files, with 100 policies: the hook, and the editor',
  ledger: 'Ledger: append, seal, verify',
  s3: 'Ledger in a bucket (Ceph on the same machine)',
  profile: 'Ledger: where each microsecond of processor time goes',
  server: 'Server: ingest, bundles, decisions; client and server on the same two cores',
  authz: 'Requests that Envoy asks about; client and server on the same two cores',
  admission: 'Reviews of an API server; client and server on the same two cores',
  watch: 'A cluster that is watched; its API server and store on the same two cores',
  lake: 'Lake: close a day, ask questions',
  trino: 'Trino over a bucket beside DuckDB over a folder',
  sources: 'Reports of other tools: megabytes by second of processor time',
  replay: 'Decisions that are performed again',
};

/** docs/performance.md from the rows of one run. */
export function performancePage(sections: readonly Section[], machine: string): string {
  const body = sections.map(({ name, rows }) => {
    const lines = rows.map(
      (row) =>
        `| ${row.name} | ${figure(row.value)} ${row.unit} | ${spread(row)} | ${row.peak_rss_mb === undefined ? '' : `${Math.round(row.peak_rss_mb)} MB`} | ${row.note ?? sizeOf(row)} |`,
    );
    return `## ${TITLES[name] ?? name}\n\n| what | figure | least to most | peak memory | note |\n|---|---:|---:|---:|---|\n${lines.join('\n')}\n`;
  });
  return `# Performance

Written by \`npm run bench\`; rows that name 20 million records come from \`npm run bench -- --full\`. Machine: ${machine}. Times are medians of whole processes, ratios are made pair by
pair in the same run. A machine that does other work gives other times; the ratios hold better.

${body.join('\n')}`;
}

function figure(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value < 10 ? value.toFixed(3) : value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

function spread({ min, max }: Row): string {
  return min === undefined || max === undefined ? '' : `${figure(min)} to ${figure(max)}`;
}

function sizeOf({ records }: Row): string {
  return records === undefined ? '' : `${records.toLocaleString('en-US')} records`;
}
