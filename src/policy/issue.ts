/** An issue in one sentence: field, and what is expected. */
export function describe(issue: {
  path: readonly PropertyKey[];
  message: string;
  code?: string | undefined;
  input?: unknown;
}): string {
  const field = issue.path.map(String).join('.');
  const missing = issue.code === 'invalid_type' && /received undefined/.test(issue.message);
  if (missing) return `${field} is missing`;
  return field === '' ? issue.message : `${field}: ${issue.message}`;
}
