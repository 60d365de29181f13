/** Names of logs that hold generated data begin with it: `exhibit demo` makes them. */
export const GENERATED_ORIGIN = 'demo.example/';

/** What stands first on each page and in each report over such a log; undefined over any other. */
export function generatedWarning(origin: string): string | undefined {
  return origin.startsWith(GENERATED_ORIGIN)
    ? 'GENERATED DATA: exhibit demo made this log up, company, people and verdicts. It is evidence of nothing.'
    : undefined;
}

/** What stands in the details of each record that was made up. */
export const GENERATED = { demo: true } as const;

/** Whether a record says of itself that it was made up. @param details of a record, by whomever */
export function isGenerated(details: unknown): boolean {
  return typeof details === 'object' && details !== null && 'demo' in details && details.demo === true;
}
