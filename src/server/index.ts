/** The service: takes records in, serves bundles, speaks OPA's management APIs. Closed by default. */
export {
  CONFIGURATION,
  type WebhookOptions,
  type WebhookPlace,
  webhookConfiguration,
} from './admission/webhook.ts';
export { newToken } from './auth/tokens.ts';
export { BundleMirror } from './bundles/mirror.ts';
export { readAll } from './bundles/origins/faults.ts';
export type { Registry } from './bundles/origins/registry.ts';
export type { Reference } from './bundles/reference.ts';
export { callersOf } from './callers.ts';
export { Flood } from './events/flood.ts';
export type { CountedWindow, FloodHost, FloodSetting } from './events/flood-host.ts';
export { DEFAULT_FLOOD } from './events/settings.ts';
export { issueAuthority, issueLeaf } from './issued/certificate.ts';
export { jsonLog, type Log, type LogLevel } from './log.ts';
export type { ServerOptions } from './options.ts';
export { driftReport } from './portal/beside/drift.ts';
export { viewFacts } from './portal/beside/view-facts.ts';
export type { Packer } from './portal/packs.ts';
export { type ReadSettings, readBundleSetting, readSettings, type SettingRow } from './read-settings.ts';
export { type Pulled, pullAttestations } from './registry/attestations.ts';
export {
  type Descriptor,
  DSSE_LAYER,
  getManifest,
  IMAGE_TYPES,
  INDEX,
  MANIFEST,
} from './registry/parts.ts';
export { nameOf, pushAttestation } from './registry/push.ts';
export { openRegistry, type RegistryRequest, readReference } from './registry-client.ts';
export { type RunningServer, startServer } from './server.ts';
export { ROLES, type Role, type Settings, settingsSchema } from './settings.ts';
export { isElsewhere, ownFolder } from './spool-settings.ts';
