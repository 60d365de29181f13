import { type Answer, type Attack, FAMILIES } from '../../tests/attacks/index.ts';

const BEGIN = '<!-- Made of tests/attacks by npm run docs: from here -->';
const END = '<!-- to here -->';

/** The page with its tables made anew. What stands around them is written by hand. */
export function threatModelPage(page: string): string {
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error('docs/threat-model.md lacks the marks of its tables');
  return `${page.slice(0, before)}${BEGIN}\n\n${tables()}\n\n${page.slice(after)}`;
}

/** What became of an attack, in a word. */
export function outcome({ seen, holds = [], undefended }: Attack): 'seen' | 'no effect' | 'not defended' {
  if (undefended === true || seen.length + holds.length === 0) return 'not defended';
  return seen.length > 0 ? 'seen' : 'no effect';
}

function tables(): string {
  const all = FAMILIES.flatMap(({ attacks }) => attacks);
  const count = (word: string) => all.filter((attack) => outcome(attack) === word).length;
  const blind = all.filter((attack) => outcome(attack) === 'seen' && attack.blind !== undefined).length;
  const sum =
    `${all.length} attacks: ${count('seen')} are seen, ${count('no effect')} change nothing of what counts, ` +
    `${count('not defended')} are not defended. Of those that are seen, ${blind} are not seen by every command: what does not see it, and succeeds, stands first.`;
  return [sum, ...FAMILIES.map(({ title, attacks }) => `### ${title}\n\n${table(attacks)}`)].join('\n\n');
}

function table(attacks: readonly Attack[]): string {
  const rows = attacks.map((attack) => {
    const word = outcome(attack);
    return [
      attack.id,
      `**${attack.attack}**: the ${attack.opponent} ${attack.does}`,
      [word === 'not defended' ? '**NOT DEFENDED**' : word, ...answers(attack)].join('<br>'),
      attack.remains,
    ];
  });
  return [
    '| | attack | what shows it | what remains |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

function answers({ blind = [], seen, holds = [] }: Attack): string[] {
  return [
    ...blind.map((answer) => `not by ${said(answer)}`),
    ...seen.map((answer) => `by ${said(answer)}`),
    ...holds.map((answer) => `still so: ${said(answer)}`),
  ];
}

function said({ command, exit, says }: Answer): string {
  const words = says.map((text) => `“${text.trim()}”`).join(', ');
  return `\`${command}\`, which ends with ${exit}${words === '' ? '' : `: ${words}`}`;
}
