import { helmLint } from './formats/general/helm-lint.ts';
import { junitXml } from './formats/general/junit-xml.ts';
import { sarif } from './formats/general/sarif.ts';
import { checkovJson } from './formats/scanners/checkov-json.ts';
import { conftestJson } from './formats/scanners/conftest-json.ts';
import { kicsJson } from './formats/scanners/kics-json.ts';
import { kubeBenchJson } from './formats/scanners/kube-bench-json.ts';
import { kubescapeJson } from './formats/scanners/kubescape-json.ts';
import { terrascanJson } from './formats/scanners/terrascan-json.ts';
import { tfsecJson } from './formats/scanners/tfsec-json.ts';
import { trivyJson } from './formats/scanners/trivy-json.ts';
import { trivyOperator } from './formats/scanners/trivy-operator.ts';
import type { Source } from './types.ts';

/** Every format: the particular ones stand before the general ones, since the first that takes a report reads it. */
export const SOURCES: readonly Source[] = [
  checkovJson,
  trivyJson,
  trivyOperator,
  conftestJson,
  kicsJson,
  terrascanJson,
  tfsecJson,
  kubescapeJson,
  kubeBenchJson,
  helmLint,
  sarif,
  junitXml,
];
