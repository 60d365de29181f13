import { z } from 'zod';

const text = z.string().max(1_000_000);
const cluster = z.looseObject({
  server: text,
  'certificate-authority': text.optional(),
  'certificate-authority-data': text.optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': text.optional(),
  'proxy-url': text.optional(),
});
const exec = z.looseObject({
  apiVersion: text,
  command: text,
  args: z.array(text).nullish(),
  env: z.array(z.object({ name: text, value: text })).nullish(),
});
const user = z.looseObject({
  token: text.optional(),
  tokenFile: text.optional(),
  'client-certificate': text.optional(),
  'client-certificate-data': text.optional(),
  'client-key': text.optional(),
  'client-key-data': text.optional(),
  username: text.optional(),
  as: text.optional(),
  exec: exec.optional(),
  'auth-provider': z.unknown().optional(),
});
const context = z.looseObject({ cluster: text, user: text });

/** What is read of a kubeconfig. @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export const kubeconfigSchema = z.looseObject({
  kind: z.literal('Config').optional(),
  clusters: z.array(z.object({ name: text, cluster })).nullish(),
  users: z.array(z.object({ name: text, user })).nullish(),
  contexts: z.array(z.object({ name: text, context })).nullish(),
  'current-context': text.optional(),
});

export type KubeCluster = z.infer<typeof cluster>;
export type KubeUser = z.infer<typeof user>;
export type KubeExec = z.infer<typeof exec>;
