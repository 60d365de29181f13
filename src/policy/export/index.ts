/** One source, many tools: what a policy repository becomes for another engine. A format is a file plus one line. */
import { kyvernoFormat, terraformFormat, verifiedPermissionsFormat } from './by-engine.ts';
import { checkov } from './checkov.ts';
import { conftest } from './conftest.ts';
import { gatekeeper } from './gatekeeper.ts';
import { oci } from './oci.ts';
import { opa } from './opa.ts';
import { trivy } from './trivy.ts';
import type { ExportFormat } from './types.ts';

export { checkExport } from './check.ts';
export { noOverrides, sortOut } from './left-out.ts';
export { EXPORT_FILE, type ExportManifest, manifestBytes, manifestOf, parseManifest } from './manifest.ts';
export type { Exported, ExportedOverrides, ExportFormat, ExportSource, LeftOut } from './types.ts';

export const EXPORTS: readonly ExportFormat[] = [
  checkov,
  conftest,
  gatekeeper,
  kyvernoFormat,
  oci,
  opa,
  terraformFormat,
  trivy,
  verifiedPermissionsFormat,
];
