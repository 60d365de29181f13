import type { CheckReport } from '../report/report.ts';
import type { Colors } from '../terminal/color.ts';

export interface RenderOptions {
  colors: Colors;
  /** Columns to fit into; machine formats do not look at it. */
  width: number;
}

/** One output format: a pure function from the report to text that ends with a line break. */
export type Render = (report: CheckReport, options: RenderOptions) => string;
