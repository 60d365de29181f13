export { type Collected, type CollectorOptions, ReportCollector } from './collector.ts';
export { REPORT_RESOURCES } from './kinds.ts';
