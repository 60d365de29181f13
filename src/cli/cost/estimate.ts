import { MEASURED, NIGHTLY, SHARED_FILES, TILE } from './measured.ts';
import type { RegionPrices } from './prices.ts';

/** What is kept and asked. */
export interface Load {
  records_per_day: number;
  /** Bytes of a record in the log. */
  record_bytes: number;
  controls: number;
  /** Controls that a record supports: rows of it in the files of the controls. */
  controls_per_record: number;
  /** Inputs stored for re-performance, each once, and their size in bytes. */
  inputs_per_day: number;
  input_bytes: number;
  /** Years for which everything is kept. */
  years: number;
  /** Buckets that hold all of it. */
  copies: number;
  /** Questions over one control and 90 days. */
  queries_per_day: number;
  /** Encrypted with a key of KMS of one's own. */
  kms: boolean;
}

export interface Part {
  part: 's3_storage' | 's3_put' | 's3_get' | 'athena' | 'kms' | 'glue';
  /** What is counted, in words with its unit. */
  quantity: string;
  /** US dollars: of the first year, of the last, and of all together. */
  first_year: number;
  last_year: number;
  all_years: number;
}

export interface Estimate {
  /** Of a year: records, bytes and objects that are new. */
  records: number;
  bytes: number;
  objects: number;
  parts: Part[];
  first_year: number;
  last_year: number;
  all_years: number;
  /** US dollars for a million records: written and kept for their first year; and written and kept for all years. */
  million_first_year: number;
  million_all_years: number;
}

export const DAYS = 365;
const GB = 2 ** 30;
const TB = 2 ** 40;
const MB = 2 ** 20;
/** Days that a question reads. */
export const ASKED_DAYS = 90;
/** Requests for a file: its end, and its columns. */
const GETS_PER_FILE = 2;

/** Bytes that are new each day, in one bucket. */
export function bytesPerDay(load: Load): number {
  const { records_per_day: records, controls } = load;
  const lake =
    records * (MEASURED.fact_record + load.controls_per_record * MEASURED.evidence_row) +
    controls * (MEASURED.evidence_file + MEASURED.manifest_control);
  return records * load.record_bytes + load.inputs_per_day * load.input_bytes + lake;
}

/** Objects that are new each day, in one bucket. */
export function objectsPerDay(load: Load): number {
  const bundles = Math.ceil(load.records_per_day / TILE);
  const tiles = bundles + Math.ceil(bundles / TILE);
  return bundles + tiles + NIGHTLY + load.inputs_per_day + load.controls + SHARED_FILES;
}

/** What the evidence costs in S3 with Athena over it: plain arithmetic, each part apart. */
export function estimate(load: Load, prices: RegionPrices): Estimate {
  const { years, copies } = load;
  const bytes = bytesPerDay(load) * DAYS;
  const objects = objectsPerDay(load) * DAYS;
  const gb = (bytes * copies) / GB;
  // In year k there is what k - 1 years brought, and on average half of its own.
  const stored = (year: number) => gb * (year - 0.5) * 12 * prices.s3_gb_month;
  const puts = objects * copies;
  const queries = load.queries_per_day * DAYS;
  const files = ASKED_DAYS;
  const gets = queries * files * GETS_PER_FILE;
  const read = Math.max(readBytes(load), prices.athena_least_mb * MB);
  const kms = load.kms ? copies * 12 * prices.kms_key_month + ((puts + gets) / 10_000) * prices.kms_10000 : 0;
  const even = (part: Part['part'], quantity: string, year: number): Part => ({
    part,
    quantity,
    first_year: year,
    last_year: year,
    all_years: year * years,
  });
  const parts: Part[] = [
    {
      part: 's3_storage',
      quantity: `${round(gb)} GB more each year`,
      first_year: stored(1),
      last_year: stored(years),
      // 1/2 + 3/2 + ... = years^2 / 2
      all_years: (gb * 12 * prices.s3_gb_month * years ** 2) / 2,
    },
    even('s3_put', `${puts} objects written a year`, (puts / 1_000) * prices.s3_put_1000),
    even('s3_get', `${gets} reads a year`, (gets / 1_000) * prices.s3_get_1000),
    even(
      'athena',
      `${queries} questions a year, ${round(read / MB)} MB each`,
      ((queries * read) / TB) * prices.athena_tb,
    ),
    even(
      'kms',
      load.kms
        ? `${copies === 1 ? '1 key' : `${copies} keys`}, ${puts + gets} requests a year`
        : 'no key of your own',
      kms,
    ),
    even('glue', `${queries} requests a year`, glue(queries, prices)),
  ];
  const sum = (name: 'first_year' | 'last_year' | 'all_years') =>
    parts.reduce((total, part) => total + part[name], 0);
  const records = load.records_per_day * DAYS;
  const [first_year, last_year, all_years] = [sum('first_year'), sum('last_year'), sum('all_years')];
  const millions = records / 1_000_000;
  return {
    ...{ records, bytes, objects, parts, first_year, last_year, all_years },
    million_first_year: first_year / millions,
    million_all_years: all_years / (millions * years),
  };
}

/** Bytes of the files that a question over one control reads, as if it took every column. */
function readBytes(load: Load): number {
  const rows = (load.records_per_day * load.controls_per_record) / Math.max(1, load.controls);
  return ASKED_DAYS * (rows * MEASURED.evidence_row + MEASURED.evidence_file);
}

/** Partitions are projected, so the catalogue has a table a framework and no partitions: far below what is free. */
function glue(queries: number, prices: RegionPrices): number {
  const over = Math.max(0, queries - 12 * prices.glue_requests_free_month);
  return (over / 1_000_000) * prices.glue_1000000_requests;
}

const round = (value: number): number => Math.round(value * 100) / 100;
