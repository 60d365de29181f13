import type { Column } from '../columns.ts';

/** What a catalogue is made from: where the lake is, and what its log names. */
export interface CatalogueRequest {
  /** `s3://bucket/prefix` of the copy, without a slash at the end. */
  location: string;
  /** First part of the names of databases. */
  name: string;
  /** Framework => its controls, sorted. */
  frameworks: Readonly<Record<string, readonly string[]>>;
  firstYear: number;
  lastYear: number;
}

/** A part of a key: its values are computed by the engine, not looked up. */
export type Projection =
  | { name: string; type: 'enum'; values: readonly string[] }
  | { name: string; type: 'integer'; range: readonly [string, string]; digits: number };

/** A table over the lake, as every engine gets it. */
export interface CatalogueTable {
  database: string;
  name: 'evidence' | 'fact' | 'daily_counts';
  /** Of the files, without those that are partitions. */
  columns: readonly Pick<Column, 'name' | 'type'>[];
  partitions: readonly Projection[];
  location: string;
  /** Location of a partition; `${name}` stands for the value of each. */
  template: string;
}
