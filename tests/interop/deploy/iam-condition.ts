/** Values that a request has, by the name of their key in lower case. A key that is not there is absent. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

type Compare = (has: string, wants: string) => boolean;

const number = (text: string): number => {
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new Error(`${text} is no number`);
  return value;
};
const instant = (text: string): number => {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw new Error(`${text} is no date`);
  return value;
};

/** `*` and `?` as IAM has them in values. */
export function like(has: string, wants: string): boolean {
  if (wants.includes('${')) throw new Error(`${wants}: variables are not evaluated here`);
  const pattern = wants
    .replaceAll(/[.+^$()|[\]{}\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's').test(has);
}

/** Each of the six parts of an ARN by itself: a `*` does not reach over a colon, but in the last. */
export function arnLike(has: string, wants: string): boolean {
  const [one, other] = [has, wants].map((arn) => {
    const parts = arn.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  });
  return other?.every((part, at) => like(one?.[at] ?? '', part)) === true;
}

const COMPARE: Readonly<Record<string, Compare>> = {
  StringEquals: (has, wants) => has === wants,
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (has, wants) => has.toLowerCase() === wants.toLowerCase(),
  NumericLessThan: (has, wants) => number(has) < number(wants),
  DateLessThan: (has, wants) => instant(has) < instant(wants),
  DateGreaterThanEquals: (has, wants) => instant(has) >= instant(wants),
  DateGreaterThan: (has, wants) => instant(has) > instant(wants),
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/**
 * Whether one line of a condition holds. An absent key fails a comparison and matches a negation.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @throws Error for an operator that is not known here: no answer is better than a wrong one
 */
export function holds(operator: string, key: string, wants: readonly string[], context: Context): boolean {
  const found = context[key.toLowerCase()];
  if (operator === 'Null') {
    const [text, ...more] = wants;
    if ((text !== 'true' && text !== 'false') || more.length > 0) throw new Error('Null is true or false');
    return (found === undefined) === (text === 'true');
  }
  const any = operator.startsWith('ForAnyValue:');
  const name = any ? operator.slice('ForAnyValue:'.length) : operator;
  const negated = NEGATED[name];
  const compare = COMPARE[negated ?? name];
  if (compare === undefined) throw new Error(`the operator ${operator} is not evaluated here`);
  if (found === undefined) return negated !== undefined && !any;
  if (Array.isArray(found) !== any) throw new Error(`${key}: a list wants ForAnyValue, one value does not`);
  const matches = [found].flat().some((has) => wants.some((value) => compare(has, value)));
  if (negated !== undefined && any) throw new Error(`${operator} is not evaluated here`);
  return negated === undefined ? matches : !matches;
}
