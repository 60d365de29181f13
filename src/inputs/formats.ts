import { arm } from './formats/arm.ts';
import { awsConfig } from './formats/aws-config.ts';
import { azureResources } from './formats/azure-resources.ts';
import { cedarRequest } from './formats/cedar-request.ts';
import { cloudFormation } from './formats/cloudformation.ts';
import { dockerfile } from './formats/dockerfile.ts';
import { dotenv } from './formats/dotenv.ts';
import { gcpAssets } from './formats/gcp-assets.ts';
import { hcl } from './formats/hcl.ts';
import { ini } from './formats/ini.ts';
import { json } from './formats/json.ts';
import { kubernetes } from './formats/kubernetes.ts';
import { ansible, githubWorkflow, gitlabCi } from './formats/pipelines.ts';
import { properties } from './formats/properties.ts';
import { terraformPlan } from './formats/terraform-plan.ts';
import { toml } from './formats/toml.ts';
import { yaml } from './formats/yaml.ts';
import type { Format } from './source.ts';

/** Every format, the particular ones first: the first that detects a file takes it. */
export const FORMATS: readonly Format[] = [
  hcl,
  dockerfile,
  dotenv,
  toml,
  ini,
  properties,
  terraformPlan,
  cloudFormation,
  arm,
  awsConfig,
  azureResources,
  gcpAssets,
  kubernetes,
  githubWorkflow,
  gitlabCi,
  ansible,
  cedarRequest,
  json,
  yaml,
];

/** A file that is named is read whatever it is called. */
const EXTENSIONS = /\.(?:json|ya?ml)$/i;

/**
 * Whether a file below a folder is judged because of its name.
 * @param file with its folders, with `/`
 */
export function isJudgedName(file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (EXTENSIONS.test(name) && !/^\.[^.]*$/.test(name)) return true;
  return FORMATS.some((format) => format.names?.(file) === true);
}
