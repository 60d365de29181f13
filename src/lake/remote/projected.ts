/**
 * Whether partition projection computes a partition: what it leaves out has no rows, and no engine says so.
 * @param parameters of the table, in the catalogue of Hive or Glue
 * @param values of the partitions, such as `{ control: 'cc6.1', year: '2026', month: '03', day: '01' }`
 * @returns undefined when it does, else why not
 */
export function notProjected(
  parameters: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): string | undefined {
  if (parameters['projection.enabled'] !== 'true') return 'it has no partition projection';
  for (const [name, value] of Object.entries(values)) {
    const of = (key: string) => parameters[`projection.${name}.${key}`] ?? '';
    switch (of('type')) {
      case 'enum':
        if (!of('values').split(',').map(trim).includes(value))
          return `${value} is not among its values of ${name}`;
        break;
      case 'integer': {
        const [low = Number.NaN, high = Number.NaN] = of('range').split(',').map(Number);
        const number = Number(value);
        if (!(low <= number && number <= high)) return `${value} is outside of ${name} ${of('range')}`;
        const digits = Number(of('digits') || String(number).length);
        if (String(number).padStart(digits, '0') !== value)
          return `${name} has ${digits} digits, not as in ${value}`;
        break;
      }
      default:
        return `${name} is projected as ${JSON.stringify(of('type'))}, which is not compared`;
    }
  }
  return undefined;
}

const trim = (text: string): string => text.trim();
