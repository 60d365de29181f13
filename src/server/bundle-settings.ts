import { z } from 'zod';
import { parseReference } from './bundles/reference.ts';

const text = z.string().min(1);

const poll_seconds = z
  .number()
  .min(1)
  .max(86_400)
  .default(60)
  .describe('it is looked at so often, give or take a tenth');

const s3Schema = z.strictObject({
  bucket: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i, 'expected the name of a bucket'),
  key: text.max(1024).describe('of the signed bundle'),
  region: text,
  endpoint: z
    .url({ protocol: /^https?$/ })
    .describe("of another S3 than Amazon's")
    .optional(),
  path_style: z.boolean().default(false).describe('the bucket is in the path, not in the host'),
  poll_seconds,
});

const httpSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .describe("of the bundle, such as https://exhibit.example.com/bundles/main; OPA's Bundle Service API"),
  token_file: text.describe('holds the token that is shown; read each time').optional(),
  ca_file: text.describe('PEM of the authority of its certificate, where the system knows it not').optional(),
  wait_seconds: z
    .number()
    .min(0)
    .max(300)
    .default(20)
    .describe('a request is held so long until there is another bundle; 0: it is asked every poll_seconds'),
  poll_seconds,
});

const ociSchema = z.strictObject({
  reference: text
    .superRefine((value, context) => {
      try {
        parseReference(value);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    })
    .describe('registry/repository:tag or registry/repository@sha256:..., of the bundle'),
  insecure: z.boolean().default(false).describe('without TLS; only of a registry on this machine'),
  token_host: z
    .string()
    .regex(/^[\w.-]+(:\d+)?$/, 'expected a host')
    .describe('who gives tokens, where that is another host than the registry: it gets the credentials')
    .optional(),
  docker_config: text
    .describe('where Docker keeps credentials (default: $DOCKER_CONFIG/config.json, ~/.docker/config.json)')
    .optional(),
  username_file: text.describe('with password_file: instead of what Docker keeps').optional(),
  password_file: text.optional(),
  poll_seconds,
});

/** One bundle that the server serves, and where it comes from. Secrets do not stand here, only files that hold them. */
export const bundleSchema = z
  .strictObject({
    name: z.string().regex(/^[\w-]+(\.[\w-]+)*$/, 'expected letters, digits, - and _'),
    file: text.describe('the signed bundle; the server serves a new one as soon as it lies there').optional(),
    s3: s3Schema.describe('the signed bundle as an object; credentials by the chain of the SDK').optional(),
    oci: ociSchema
      .describe('the signed bundle in a registry, as `exhibit policy export oci` lays it')
      .optional(),
    http: httpSchema.describe('the signed bundle on another server, such as `exhibit server`').optional(),
    keys: z.array(text).min(1).describe('public keys (PEM files) of which one must have signed'),
    lineage: text
      .exactOptional()
      .describe(
        'name of the policy repository; not given: that of the first bundle, and a bundle of another is refused',
      ),
  })
  .superRefine((bundle, context) => {
    const given = ORIGINS.filter((origin) => bundle[origin] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none' : given.join(' and ');
    context.addIssue({
      code: 'custom',
      message: `expected exactly one of ${ORIGINS.join(', ')}; found ${found}`,
    });
  });

const ORIGINS = ['file', 's3', 'oci', 'http'] as const;

export type BundleSetting = z.infer<typeof bundleSchema>;
export type S3Setting = z.infer<typeof s3Schema>;
export type OciSetting = z.infer<typeof ociSchema>;
export type HttpSetting = z.infer<typeof httpSchema>;
