/** Evidence in the shapes of other tools: OCSF, OSCAL, Gemara, SARIF, CSV. Read from the log, with what is missing said. */
export { exportEvidence } from './export.ts';
export { notes } from './notes.ts';
export { line, prop, token } from './oscal-values.ts';
export {
  EXPORT_FORMATS,
  type ExportCoverage,
  type ExportFormat,
  type ExportGap,
  type ExportRequest,
  type ExportResult,
  type Write,
} from './types.ts';
export { derivedUuid } from './uuid.ts';
