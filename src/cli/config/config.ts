import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { z } from 'zod';
import { ExhibitError, SEVERITIES } from '../../record/index.ts';
import type { Context } from '../context.ts';
import { readPlainFile, SMALL } from './plain-file.ts';

/** Name of the configuration file, looked for from the working folder upwards to the root of the git checkout. */
export const CONFIG_FILE = '.exhibit.yaml';

export const configSchema = z.strictObject({
  bundle: z.string().min(1).describe('bundle to judge with: a file').optional(),
  bundle_keys: z
    .array(z.string().min(1))
    .min(1)
    .describe('public keys (PEM files) of which one must have signed the bundle')
    .optional(),
  evidence: z
    .string()
    .min(1)
    .describe('evidence folder, or URL of a server (token in EXHIBIT_TOKEN); without it nothing is recorded')
    .optional(),
  layer: z.enum(['pre-commit', 'ci']).describe('layer that check speaks for; not in the file').optional(),
  fail_on: z
    .enum([...SEVERITIES, 'any', 'none'])
    .describe('severity at and above which a violation blocks; in the file high or stricter')
    .optional(),
  fail_on_known: z
    .enum([...SEVERITIES, 'any'])
    .describe(
      'severity at and above which a violation blocks that was there before the change; in the file high or stricter',
    )
    .optional(),
  emitter: z.string().min(1).max(256).describe('name under which records are numbered').optional(),
  helm_values: z
    .array(z.string().min(1))
    .min(1)
    .describe('values files for charts of Helm, in order; without them values.yaml of the chart alone holds')
    .optional(),
  max_input_size: z.int().positive().describe('largest input file in bytes').optional(),
});

/** What the file may say. It lies in what is judged, so it may make the gate stricter, never weaker. */
const fileSchema = configSchema.omit({ layer: true }).extend({
  fail_on: z.enum(['high', 'medium', 'low', 'info', 'any']).optional(),
  fail_on_known: z.enum(['high', 'medium', 'low', 'info', 'any']).optional(),
});

type ConfigValues = {
  [K in keyof z.infer<typeof configSchema>]-?: Exclude<z.infer<typeof configSchema>[K], undefined>;
};
export type ConfigKey = keyof ConfigValues;
export type Origin = 'flag' | 'environment' | 'file' | 'default';

/** A value and which source set it. */
export interface Setting<T> {
  value: T;
  origin: Origin;
  /** The flag, variable or file. */
  from: string;
}

export type Config = { [K in ConfigKey]?: Setting<ConfigValues[K]> };

const PATHS: ReadonlySet<ConfigKey> = new Set(['bundle', 'bundle_keys', 'evidence', 'helm_values']);

/**
 * Settings in order of strength: flag, environment (`EXHIBIT_BUNDLE`, ...), file. Paths in the file are relative to it.
 * @param flags values that the command line gave
 * @throws ExhibitError CONFIG_INVALID with the place in the file or the name of the variable
 */
export function resolveConfig(flags: Partial<ConfigValues>, context: Pick<Context, 'env' | 'cwd'>): Config {
  const file = findConfig(context.cwd);
  const layers: [Origin, (key: ConfigKey) => string, Partial<ConfigValues>][] = [
    ['file', () => file ?? '', file === undefined ? {} : readConfig(file)],
    ['environment', variableOf, readEnvironment(context.env)],
    ['flag', (key) => `--${key.replaceAll('_', '-')}`, flags],
  ];
  const config: Record<string, Setting<unknown>> = {};
  for (const [origin, from, values] of layers) {
    for (const [key, value] of Object.entries(values)) {
      if (value !== undefined) config[key] = { value, origin, from: from(key as ConfigKey) };
    }
  }
  return config as Config;
}

export function variableOf(key: ConfigKey): string {
  return `EXHIBIT_${key.toUpperCase()}`;
}

/** Above the working folder only within a git checkout: a folder further up may be anybody's. */
function findConfig(start: string): string | undefined {
  const candidates: string[] = [];
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    candidates.push(join(folder, CONFIG_FILE));
    if (existsSync(join(folder, '.git'))) return candidates.find((file) => existsSync(file));
    if (dirname(folder) === folder) return candidates.slice(0, 1).find((file) => existsSync(file));
  }
}

/** True in a pipeline: every CI service sets CI. */
export function inPipeline(env: Context['env']): boolean {
  return env.CI !== undefined && !['', '0', 'false'].includes(env.CI.toLowerCase());
}

/**
 * In a pipeline the one whose change is judged also writes the files of the checkout. So what decides whom the gate believes and
 * where its records go must come from the pipeline itself, and with which values charts are rendered: others may be deployed.
 * @param bundle whether a bundle is used at all
 * @throws ExhibitError CONFIG_INVALID
 */
export function refuseOwnRules(config: Config, context: Pick<Context, 'env'>, bundle = true): void {
  if (!inPipeline(context.env)) return;
  const own = (['bundle_keys', 'evidence', 'emitter', 'helm_values'] as const).filter((key) =>
    key === 'bundle_keys'
      ? (bundle && (config[key]?.origin ?? 'default') === 'default') || config[key]?.origin === 'file'
      : config[key]?.origin === 'file',
  );
  const [key] = own;
  if (key === undefined) return;
  const from = config[key]?.from;
  throw new ExhibitError(
    'CONFIG_INVALID',
    from === undefined
      ? 'in a pipeline the key of the bundle must be named: a key that lies in what is judged could be anybody’s'
      : `in a pipeline ${key} must not come from a file of the checkout`,
    {
      location: from === undefined ? {} : { file: from },
      hint: `Set ${variableOf(key)} in the pipeline, or give --${key === 'bundle_keys' ? 'bundle-key' : key.replace('_', '-')}.`,
    },
  );
}

function readConfig(file: string): Partial<ConfigValues> {
  const document = parseDocument(readText(file), { prettyErrors: true });
  const fault = document.errors[0];
  if (fault !== undefined) {
    const [at] = fault.linePos ?? [];
    throw new ExhibitError('CONFIG_INVALID', fault.message.split('\n')[0] ?? 'not YAML', {
      location: { file, ...(at === undefined ? {} : { line: at.line, column: at.col }) },
    });
  }
  const values = checked(plainValue(document, file), { file }, fileSchema);
  const base = dirname(file);
  const absolute = (path: string) =>
    isAbsolute(path) || /^https?:\/\//i.test(path) ? path : join(base, path);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      if (!PATHS.has(key as ConfigKey)) return [key, value];
      return [key, Array.isArray(value) ? value.map(absolute) : absolute(String(value))];
    }),
  );
}

function readText(file: string): string {
  try {
    return readPlainFile(file, SMALL).toString('utf8');
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', 'the settings cannot be read', { cause, location: { file } });
  }
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    // Aliases that would grow without end.
    throw new ExhibitError('CONFIG_INVALID', 'the settings cannot be read', { cause, location: { file } });
  }
}

function readEnvironment(env: Context['env']): Partial<ConfigValues> {
  const raw: Record<string, unknown> = {};
  for (const key of Object.keys(configSchema.shape) as ConfigKey[]) {
    const value = env[variableOf(key)];
    if (value === undefined || value === '') continue;
    if (key === 'bundle_keys' || key === 'helm_values')
      raw[key] = value.split(process.platform === 'win32' ? ';' : ':');
    else raw[key] = key === 'max_input_size' ? Number(value) : value;
  }
  return checked(raw, {});
}

function checked(
  raw: unknown,
  location: { file?: string },
  schema: z.ZodType = configSchema,
): Partial<ConfigValues> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data as Partial<ConfigValues>;
  const issue = result.error.issues[0];
  const key = String(issue?.path[0] ?? '');
  const name = location.file === undefined && key !== '' ? variableOf(key as ConfigKey) : key;
  throw new ExhibitError('CONFIG_INVALID', `${name === '' ? '' : `${name}: `}${issue?.message ?? 'wrong'}`, {
    location,
    hint: hintFor(issue, location.file !== undefined),
  });
}

function hintFor(issue: z.core.$ZodIssue | undefined, inFile: boolean): string {
  const key = String(issue?.path[0] ?? '');
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  if (inFile && unknown === 'layer')
    return 'The pipeline or the hook says for which layer check speaks: --layer or EXHIBIT_LAYER.';
  if (inFile && (key === 'fail_on' || key === 'fail_on_known'))
    return `The file lies in what is judged: it may ask for high or stricter. Anything weaker: --${key.replaceAll('_', '-')} or ${variableOf(key)}.`;
  if (key !== '') return `${key}: ${configSchema.shape[key as ConfigKey]?.description ?? ''}`;
  return `Settings: ${Object.keys(configSchema.shape).join(', ')}.`;
}
