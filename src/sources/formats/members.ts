/** The members of an object; undefined for anything else. For detection, where the value may be anything. */
export function membersOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The first item of a list that is an object. */
export function firstMembers(value: unknown): Record<string, unknown> | undefined {
  return Array.isArray(value) ? membersOf(value[0]) : undefined;
}
