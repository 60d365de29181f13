/** What `exhibit query` takes. */
export interface QueryFlags {
  sql?: string;
  param: string[];
  from?: string;
  to?: string;
  framework?: string;
  control?: string;
  check: 'auto' | 'size' | 'digest';
  output: 'table' | 'json' | 'csv';
}
