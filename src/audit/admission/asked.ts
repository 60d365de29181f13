/** Parts of a webhook that decide about which requests it is asked, with what an API server fills in. */
export function askedBy(value: Record<string, unknown>): Record<string, unknown> {
  const {
    rules = [],
    failurePolicy = 'Fail',
    matchPolicy = 'Equivalent',
    namespaceSelector = {},
    objectSelector = {},
    matchConditions = [],
  } = value;
  return { rules, failurePolicy, matchPolicy, namespaceSelector, objectSelector, matchConditions };
}
