import { EXIT } from '../../src/cli/exit.ts';
import { ERROR_CODES, type ErrorKind } from '../../src/record/index.ts';

const KINDS: Record<ErrorKind, string> = {
  usage: `Wrong usage or configuration (exit ${EXIT.usage})`,
  incomplete: `Could not be answered completely (exit ${EXIT.incomplete})`,
  tampered: `Evidence or a bundle does not verify (exit ${EXIT.incomplete}; nothing of it is used)`,
  fatal: `The writer of a ledger must stop (exit ${EXIT.incomplete})`,
  denied: `Not allowed (exit ${EXIT.denied})`,
};

/** docs/reference/errors.md */
export function errorsPage(): string {
  const sections = (Object.keys(KINDS) as ErrorKind[]).flatMap((kind) => {
    const rows = Object.entries(ERROR_CODES).filter(([, code]) => code.kind === kind);
    if (rows.length === 0) return [];
    return [
      `## ${KINDS[kind]}\n\n| code | meaning |\n|---|---|\n${rows.map(([code, { doc }]) => `| \`${code}\` | ${doc} |`).join('\n')}\n`,
    ];
  });
  return `# Error codes

Generated from \`src/record/codes.ts\`. An error prints its code, a message, the place and what to do next. A code is
never renamed or reused.

| exit code | meaning |
|---:|---|
| 0 | judged completely and clean; the command did what it should |
| 1 | a violation at or above the threshold, or a verification that found a difference |
| 2 | wrong usage or configuration |
| 3 | could not judge, or could not do the work, completely |
| 4 | not allowed |

A violation beats an incomplete run, an incomplete run is never 0, and the output format never changes the exit code.

${sections.join('\n')}`;
}
