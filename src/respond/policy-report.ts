import type { Override, Policy } from '../policy/index.ts';

/** The title of the report against a policy: the same each time, so that an open one is found again. */
export function reportTitle(policy: Pick<Policy, 'id'>): string {
  return `Policy ${policy.id} is waived too often`;
}

/**
 * A bug report against a policy, in Markdown. It holds no clock and no count that changes by itself: the same overrides give
 * the same text.
 * @param open its overrides that are in force
 */
export function policyReport(
  policy: Pick<Policy, 'id' | 'title' | 'owner' | 'file'>,
  open: readonly Override[],
  many: { open: number; uses: number | undefined },
): string {
  const rows = [...open]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, owner, sunset, reason, ticket }) =>
      [id, owner, sunset.slice(0, 10), reason, ticket].map(cell).join(' | '),
    );
  const limits = [
    `${many.open} overrides in force`,
    ...(many.uses === undefined ? [] : [`${many.uses} uses`]),
  ];
  return `# ${reportTitle(policy)}

${cell(policy.title)} (\`${policy.file}\`, owner ${cell(policy.owner)})

A policy that needs many overrides asks for what its users cannot do, or judges what it should not. Its owner changes the
rule, narrows what it applies to, or says why it stays. This report is written from ${limits.join(' or ')} on.

| override | owner | until | reason | ticket |
|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join('\n')}
`;
}

/** Text of others in one cell of a table, without a meaning in Markdown or HTML. */
const cell = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign)
    .replace(/[|`[\]!@#*_]/g, '\\$&');
