import { ExhibitError, isExactNumber } from '../../record/index.ts';
import { setMember } from '../places.ts';
import { isObject, memberOf } from '../source.ts';
import { type Expression, isExpression, parseExpression } from './expression.ts';
import { FUNCTIONS, isKnown, OPEN, Unknown } from './functions.ts';

/** Functions that name a resource. What they give has parts that only the deployment knows. */
const RESOURCE_IDS: ReadonlySet<string> = new Set([
  'extensionresourceid',
  'managementgroupresourceid',
  'resourceid',
  'subscriptionresourceid',
  'tenantresourceid',
]);

/** Counts what is made of a template: what variables hold may be written out many times. */
export class Budget {
  #left: number;
  readonly #file: string;

  constructor(values: number, file: string) {
    this.#left = values;
    this.#file = file;
  }

  spend(values = 1): void {
    this.#left -= values;
    if (this.#left >= 0) return;
    throw new ExhibitError('INPUT_TOO_LARGE', 'what the expressions of the template give is too large', {
      location: { file: this.#file },
      hint: 'Judge a smaller template: a module by itself.',
    });
  }
}

/** Parameters and variables of one template, each worked out when it is asked for. Names are the same in any case. */
export class Scope {
  readonly #parameters: ReadonlyMap<string, unknown>;
  readonly #variables: ReadonlyMap<string, unknown>;
  /** Values that a deployment gives to parameters. */
  readonly #given: ReadonlyMap<string, unknown>;
  readonly #known = new Map<string, unknown>();
  readonly #budget: Budget;

  /** @param given values of parameters by name in lower case; where none is given, the default value holds */
  constructor(template: unknown, given: ReadonlyMap<string, unknown>, budget: Budget) {
    this.#parameters = named(memberOf(template, 'parameters'));
    this.#variables = named(memberOf(template, 'variables'));
    this.#given = given;
    this.#budget = budget;
  }

  /** A value with what its expressions give; an Unknown where one cannot be worked out. */
  resolve(value: unknown): unknown {
    this.#budget.spend();
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) return value.map((one) => this.resolve(one));
    if (!isObject(value) || value instanceof Unknown || isExactNumber(value)) return value;
    const made: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(value)) setMember(made, key, this.resolve(one));
    return made;
  }

  #text(text: string): unknown {
    if (text.startsWith('[[')) return text.slice(1);
    if (!isExpression(text)) return text;
    const expression = parseExpression(text);
    const value = expression === undefined ? OPEN : this.#evaluate(expression);
    return value === OPEN ? new Unknown(text) : value;
  }

  #evaluate(expression: Expression): unknown {
    this.#budget.spend();
    if (expression.type === 'literal') return expression.value;
    if (expression.type === 'member') return this.#member(expression);
    const name = expression.name.toLowerCase();
    const [first] = expression.args;
    if (name === 'parameters' || name === 'variables') {
      const asked = first === undefined ? OPEN : this.#evaluate(first);
      return typeof asked === 'string' && expression.args.length === 1 ? this.#lookUp(name, asked) : OPEN;
    }
    const args = expression.args.map((one) => this.#evaluate(one));
    if (RESOURCE_IDS.has(name)) return resourceId(expression.name, args);
    const call = FUNCTIONS.get(name);
    if (call === undefined) return OPEN;
    for (const one of args) this.#budget.spend(sizeOf(one));
    // One that is open in itself may still be without weight: false and whatever else is false.
    const given = args.map((one) => (one === OPEN ? new Unknown('') : one));
    const value = call(given);
    return value instanceof Unknown && value.text === '' ? OPEN : hasNameless(value) ? OPEN : value;
  }

  #member({ of, key, optional }: Expression & { type: 'member' }): unknown {
    const holder = this.#evaluate(of);
    const name = this.#evaluate(key);
    if (holder === OPEN || name === OPEN || holder instanceof Unknown) return OPEN;
    let found: unknown;
    if (Array.isArray(holder)) found = typeof name === 'number' ? holder[name] : undefined;
    else if (isObject(holder) && typeof name === 'string') {
      const spelled = Object.keys(holder).find((one) => one.toLowerCase() === name.toLowerCase());
      found = spelled === undefined ? undefined : holder[spelled];
    }
    if (found === undefined) return optional ? null : OPEN;
    return found;
  }

  #lookUp(kind: 'parameters' | 'variables', asked: string): unknown {
    const name = asked.toLowerCase();
    const id = `${kind} ${name}`;
    // A name that leads to itself is asked for again while it is worked out.
    if (this.#known.has(id)) return this.#known.get(id);
    this.#known.set(id, OPEN);
    const value = kind === 'variables' ? this.#variable(name) : this.#parameter(name);
    this.#known.set(id, value);
    return value;
  }

  #variable(name: string): unknown {
    const written = this.#variables.get(name);
    if (written === undefined) return OPEN;
    // A loop within gives members that are not written.
    if (isObject(written) && Object.hasOwn(written, 'copy')) return OPEN;
    return this.resolve(written);
  }

  #parameter(name: string): unknown {
    if (this.#given.has(name)) return this.#given.get(name);
    const declared = this.#parameters.get(name);
    const type = memberOf(declared, 'type');
    // A secret is for the deployment to give; a default of one is never written out.
    if (typeof type === 'string' && /^secure/i.test(type)) return OPEN;
    const otherwise = memberOf(declared, 'defaultValue');
    if (otherwise !== undefined) return this.resolve(otherwise);
    return memberOf(declared, 'nullable') === true ? null : OPEN;
  }
}

function named(section: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    (isObject(section) ? Object.entries(section) : []).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

const sizes = new WeakMap<object, number>();

/** Values within a value, as often as they would be written. Objects may be shared, so each is counted once. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let size = sizes.get(value);
  if (size === undefined) {
    size = Object.values(value).reduce<number>((sum, one) => sum + sizeOf(one), 1);
    sizes.set(value, size);
  }
  return size;
}

/** An argument that was open within: what holds it cannot be written as an expression any more. */
function hasNameless(value: unknown): boolean {
  if (value instanceof Unknown) return value.text === '';
  if (Array.isArray(value)) return value.some(hasNameless);
  return isObject(value) && Object.values(value).some(hasNameless);
}

/** The subscription is known to the deployment alone. With names that are known, the expression says them. */
function resourceId(name: string, args: readonly unknown[]): unknown {
  if (args.includes(OPEN) || !args.every((one) => typeof one === 'string' && isKnown(one))) return OPEN;
  return new Unknown(`[${name}(${args.map((one) => `'${String(one).replaceAll("'", "''")}'`).join(', ')})]`);
}

/** A value as a template writes it: what is unknown by its expression, a text that begins like one with two brackets. */
export function written(value: unknown, budget: Budget): unknown {
  budget.spend();
  if (value instanceof Unknown) return value.text;
  if (typeof value === 'string') return value.startsWith('[') ? `[${value}` : value;
  if (Array.isArray(value)) return value.map((one) => written(one, budget));
  if (!isObject(value) || isExactNumber(value)) return value;
  const made: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) setMember(made, key, written(one, budget));
  return made;
}
