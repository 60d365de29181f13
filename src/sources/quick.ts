import type { z } from 'zod';

/** What a quick look cannot tell: the schema decides then. */
export const UNSURE = Symbol('unsure');

/** The value as the schema would give it back, or `UNSURE`. */
type Look = (value: unknown) => unknown;
type Schema = z.core.$ZodType;

const LOOKS = new WeakMap<Schema, Look>();
const DEFERS: Look = () => UNSURE;

/**
 * A quick look at a value before its schema: it gives what the schema would give, or `UNSURE`. It refuses nothing, so that what is wrong
 * is always said by the schema. Checking takes a tenth of the schema's time; a property test holds both against each other.
 * @param value of JSON or YAML
 */
export function quickly<T>(schema: z.ZodType<T>, value: unknown): T | typeof UNSURE {
  let look = LOOKS.get(schema);
  if (look === undefined) {
    look = lookOf(schema);
    LOOKS.set(schema, look);
  }
  return look(value) as T | typeof UNSURE;
}

/** By the definitions of Zod 4's own types; whatever is not listed (a transformation, a refinement) is left to the schema. */
function lookOf(schema: Schema): Look {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('coerce' in def && def.coerce === true) return DEFERS;
  const checks = checksOf(def.checks ?? []);
  if (checks === undefined) return DEFERS;
  switch (def.type) {
    case 'string':
      return 'format' in def ? DEFERS : primitive((value) => typeof value === 'string', checks);
    case 'number':
      return 'format' in def ? DEFERS : primitive(Number.isFinite, checks);
    case 'boolean':
      return primitive((value) => typeof value === 'boolean', checks);
    case 'literal': {
      const all: ReadonlySet<unknown> = new Set(def.values);
      return primitive((value) => typeof value === 'string' && all.has(value), checks);
    }
    case 'unknown':
      return checks.length > 0 ? DEFERS : (value) => value;
    case 'optional':
      return lookOf(def.innerType);
    case 'nullable': {
      const inner = lookOf(def.innerType);
      return checks.length > 0 ? DEFERS : (value) => (value === null ? null : inner(value));
    }
    case 'union':
      return checks.length > 0 ? DEFERS : union(def.options);
    case 'array':
      return list(lookOf(def.element), checks);
    case 'record':
      return checks.length > 0 || !isPlainText(def.keyType) ? DEFERS : record(lookOf(def.valueType));
    case 'object':
      return checks.length > 0 ? DEFERS : object(def);
    default:
      return DEFERS;
  }
}

type Check = (value: { length: number } | number) => boolean;

/** Undefined where one of them is not known here. */
function checksOf(checks: readonly z.core.$ZodCheck[]): Check[] | undefined {
  const known: Check[] = [];
  for (const check of checks) {
    const { check: kind, minimum } = check._zod.def as { check: string; minimum?: number };
    if (kind !== 'min_length' || minimum === undefined) return undefined;
    known.push((value) => typeof value !== 'number' && value.length >= minimum);
  }
  return known;
}

function primitive(is: (value: unknown) => boolean, checks: readonly Check[]): Look {
  const [check, ...more] = checks;
  if (check === undefined) return (value) => (is(value) ? value : UNSURE);
  if (more.length > 0) return DEFERS;
  return (value) => (is(value) && check(value as string) ? value : UNSURE);
}

const isPlainText = (schema: Schema): boolean => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'string' && (def.checks ?? []).length === 0 && !('format' in def);
};

/** Of words and numbers only: which of the options takes it makes no difference. */
function union(options: readonly Schema[]): Look {
  const types = options.map((option) => (option as z.core.$ZodTypes)._zod.def.type);
  if (!types.every((type) => type === 'string' || type === 'number' || type === 'boolean')) return DEFERS;
  const looks = options.map(lookOf);
  return (value) => (looks.some((look) => look(value) !== UNSURE) ? value : UNSURE);
}

function list(element: Look, checks: readonly Check[]): Look {
  return (value) => {
    if (!Array.isArray(value)) return UNSURE;
    for (const check of checks) if (!check(value)) return UNSURE;
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i += 1) {
      const item = element(value[i]);
      if (item === UNSURE || item === undefined) return UNSURE;
      if (item !== value[i]) copy ??= [...value];
      if (copy !== undefined) copy[i] = item;
    }
    return copy ?? value;
  };
}

/** An object as JSON makes it, without the one key that a schema leaves out. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    !Object.hasOwn(value, '__proto__')
  );
}

function record(element: Look): Look {
  return (value) => {
    if (!isPlain(value)) return UNSURE;
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(value)) {
      const item = element(value[key]);
      if (item === UNSURE || item === undefined) return UNSURE;
      if (item === value[key]) continue;
      copy ??= { ...value };
      copy[key] = item;
    }
    return copy ?? value;
  };
}

/** A loose object keeps what it does not name; a plain one leaves it out. */
function object({ shape, catchall }: z.core.$ZodObjectDef): Look {
  const loose = catchall !== undefined;
  if (loose && (catchall as z.core.$ZodTypes)._zod.def.type !== 'unknown') return DEFERS;
  const fields = Object.entries(shape).map(([key, schema]) => ({
    key,
    look: lookOf(schema as Schema),
    optional: (schema as z.core.$ZodTypes)._zod.def.type === 'optional',
  }));
  // `constructor` and the like are found on any object.
  if (fields.some(({ key }) => key in Object.prototype)) return DEFERS;
  return (value) => {
    if (!isPlain(value)) return UNSURE;
    let copy: Record<string, unknown> | undefined = loose ? undefined : {};
    for (const { key, look, optional } of fields) {
      const member = value[key];
      if (member === undefined) {
        if (!optional || key in value) return UNSURE;
        continue;
      }
      const seen = look(member);
      if (seen === UNSURE) return UNSURE;
      if (seen !== member) copy ??= { ...value };
      if (copy !== undefined) copy[key] = seen;
    }
    return copy ?? value;
  };
}
