/** Values as the models of OSCAL take them. */
const NAMESPACE = 'urn:exhibit:oscal';

/** A property of ours. */
export function prop(name: string, value: string | number) {
  return { name, ns: NAMESPACE, value: line(String(value)) };
}

/** A token begins with a letter or `_`; ids of controls may begin with a digit. */
export function token(control: string): string {
  return /^[a-z_]/i.test(control) ? control : `_${control}`;
}

/** One line without white space at its ends, as titles and values must be. */
export function line(text: string): string {
  const one = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return one === '' ? '-' : one;
}
