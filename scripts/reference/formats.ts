import { SOURCES } from '../../src/sources/index.ts';
import type { Population } from '../../src/sources/types.ts';

const POPULATION: Readonly<Record<Population, string>> = {
  all: 'passes and failures',
  failures: 'failures only',
  varies: 'as the tool was asked',
};

/** The page on every format that `exhibit ingest` reads. */
export function formatsPage(): string {
  const sources = [...SOURCES].sort((a, b) => (a.id < b.id ? -1 : 1));
  return `# Formats

<!-- Written by \`npm run docs\`. -->

Reports of other tools that [\`exhibit ingest\`](commands.md#exhibit-ingest) makes records of. Without the name of a format it detects which it is, and says
why it thinks so.

- The policy id of a result is the tool and the tool's own id of the check: \`checkov/CKV_AWS_20\`. A control map names checks so.
- *Holds* says whether passes are in such a report. Where only failures are, nobody can tell from it what passed, and the run's record
  says \`failures\`.
- What cannot be read is a record with the verdict \`error\`; it is never left out, and never a pass. So is a count in the report that is not met by what
  was read.
- What a tool was told to be silent about is no pass. It is recorded as an override without a sunset, which does not apply.

| format | tool | layer | holds |
|---|---|---|---|
${sources.map(({ id, tool, layer, population }) => `| [\`${id}\`](#${id}) | ${tool} | ${layer} | ${POPULATION[population]} |`).join('\n')}

${sources.map(section).join('\n\n')}
`;
}

function section({ id, title, tool, layer, population, reference }: (typeof SOURCES)[number]): string {
  return `## ${id}

${title}.

- Tool: ${id === 'sarif' ? 'any; the name that the report gives is what its policy ids begin with' : `${tool}; its policy ids begin with \`${tool}/\``}.
- Layer: ${layer}, unless \`--layer\` says another one.
- Holds: ${POPULATION[population]}.
- Defined by: ${reference}`;
}
