import { z } from 'zod';

const text = z.string().nullish();
/** -1 stands for none. */
const index = z.number().int().nullish();

const message = z.looseObject({ text, id: text, arguments: z.array(z.string()).nullish() });

const properties = z
  .looseObject({ 'security-severity': z.union([z.string(), z.number()]).nullish() })
  .nullish();

export const rule = z.looseObject({
  id: z.string(),
  name: text,
  shortDescription: message.nullish(),
  fullDescription: message.nullish(),
  help: message.nullish(),
  helpUri: text,
  defaultConfiguration: z.looseObject({ level: text }).nullish(),
  messageStrings: z.record(z.string(), message).nullish(),
  properties,
});

export const component = z.looseObject({
  name: z.string().min(1),
  guid: text,
  version: text,
  semanticVersion: text,
  // One that is damaged must not take the results with it.
  rules: z.array(z.unknown()).nullish(),
});

const notification = z.looseObject({ level: text, message: message.nullish() });
const invocation = z.looseObject({
  executionSuccessful: z.boolean().nullish(),
  exitCode: z.number().nullish(),
  exitCodeDescription: text,
  exitSignalName: text,
  startTimeUtc: z.unknown().optional(),
  endTimeUtc: z.unknown().optional(),
  toolExecutionNotifications: z.array(notification).nullish(),
  toolConfigurationNotifications: z.array(notification).nullish(),
});

const artifactLocation = z.looseObject({ uri: text, uriBaseId: text, index });
export type ArtifactLocation = z.infer<typeof artifactLocation>;

export const run = z.looseObject({
  tool: z.looseObject({ driver: component, extensions: z.array(component).nullish() }),
  results: z.array(z.unknown()).nullish(),
  invocations: z.array(invocation).nullish(),
  originalUriBaseIds: z.record(z.string(), artifactLocation).nullish(),
  artifacts: z.array(z.looseObject({ location: artifactLocation.nullish() })).nullish(),
  externalPropertyFileReferences: z.looseObject({ results: z.array(z.unknown()).nullish() }).nullish(),
});

export const log = z.looseObject({ version: z.string(), runs: z.array(z.unknown()) });

const suppression = z.looseObject({ kind: text, status: text, justification: text });
const location = z.looseObject({
  physicalLocation: z
    .looseObject({
      artifactLocation: artifactLocation.nullish(),
      region: z.looseObject({ startLine: z.number().nullish(), startColumn: z.number().nullish() }).nullish(),
    })
    .nullish(),
  logicalLocations: z
    .array(z.looseObject({ fullyQualifiedName: text, name: text, kind: text, index }))
    .nullish(),
});

export const result = z.looseObject({
  ruleId: text,
  ruleIndex: index,
  rule: z
    .looseObject({
      id: text,
      index,
      toolComponent: z.looseObject({ name: text, guid: text, index }).nullish(),
    })
    .nullish(),
  // Not nullish: `null` would turn a pass into the default, a failure, and anything else would be guessed.
  kind: z.string().optional(),
  level: z.string().nullish(),
  message,
  locations: z.array(location).nullish(),
  suppressions: z.array(suppression).nullish(),
  baselineState: text,
  partialFingerprints: z.record(z.string(), z.string()).nullish(),
  fingerprints: z.record(z.string(), z.string()).nullish(),
  properties,
});
export type Result = z.infer<typeof result>;
export type Run = z.infer<typeof run>;
export type Rule = z.infer<typeof rule>;
export type Message = z.infer<typeof message>;
