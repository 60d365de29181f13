import { asff } from './formats/cloud/asff.ts';
import { awsConfigCompliance } from './formats/cloud/aws-config-compliance.ts';
import { azurePolicy } from './formats/cloud/azure-policy.ts';
import { cloudCustodian } from './formats/cloud/cloud-custodian.ts';
import { cloudtrailDenial } from './formats/cloud/cloudtrail-denial.ts';
import { defender } from './formats/cloud/defender.ts';
import { gcpOrgpolicy } from './formats/cloud/gcp-orgpolicy.ts';
import { gcpPolicyViolation } from './formats/cloud/gcp-policy-violation.ts';
import { gcpScc } from './formats/cloud/gcp-scc.ts';
import { prismaCloud } from './formats/cloud/prisma-cloud.ts';
import { prismaCompute } from './formats/cloud/prisma-compute.ts';
import { prowlerCsv } from './formats/cloud/prowler-csv.ts';
import { prowlerOcsf } from './formats/cloud/prowler-ocsf.ts';
import { wiz } from './formats/cloud/wiz.ts';
import { wizCli } from './formats/cloud/wiz-cli.ts';
import { logExport } from './formats/general/log-export.ts';
import { ocsf } from './formats/general/ocsf.ts';
import { checkovJson } from './formats/scanners/checkov-json.ts';
import type { Source } from './types.ts';

/** Every format: the particular ones stand before the general ones, since the first that takes a report reads it. */
export const SOURCES: readonly Source[] = [
  checkovJson,
  // Cloud posture.
  prowlerOcsf,
  prowlerCsv,
  asff,
  awsConfigCompliance,
  azurePolicy,
  defender,
  gcpScc,
  gcpPolicyViolation,
  gcpOrgpolicy,
  cloudtrailDenial,
  wiz,
  wizCli,
  prismaCloud,
  prismaCompute,
  // In general.
  logExport(() => SOURCES),
  ocsf,
  cloudCustodian,
];
