import { awsConfig } from './formats/aws-config.ts';
import { cedarRequest } from './formats/cedar-request.ts';
import { cloudFormation } from './formats/cloudformation.ts';
import { hcl } from './formats/hcl.ts';
import { json } from './formats/json.ts';
import { kubernetes } from './formats/kubernetes.ts';
import { terraformPlan } from './formats/terraform-plan.ts';
import { yaml } from './formats/yaml.ts';
import type { Format } from './source.ts';

/** Every format, the particular ones first: the first that detects a file takes it. */
export const FORMATS: readonly Format[] = [
  hcl,
  terraformPlan,
  cloudFormation,
  awsConfig,
  kubernetes,
  cedarRequest,
  json,
  yaml,
];

/** Extensions that are picked up below a folder. A file that is named is read whatever it is called. */
export const EXTENSIONS: ReadonlySet<string> = new Set(['.json', '.yaml', '.yml']);
