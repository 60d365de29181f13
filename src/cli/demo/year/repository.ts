import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { addDays } from '../../../lake/index.ts';
import { type Bundle, initRepository, loadBundle } from '../../../policy/index.ts';
import { DAY_MILLISECONDS, ExhibitError } from '../../../record/index.ts';
import { VERSION } from '../../version.ts';
import type { Stage } from '../stage.ts';
import { ASKS_FOR_PASS, CHOSEN } from './company.ts';
import type { Plot, Ticket } from './plot.ts';

/** A bundle, and from when on it is used. */
export interface Version {
  /** Unix milliseconds. */
  at: number;
  bundle: Bundle;
}

const FRAMEWORKS = ['soc2', 'nis2', 'eu-ai-act'];
/** Links to these controls stay: all of SOC 2 and of the AI Act, and Article 21(2) of NIS 2 without the implementing regulation. */
const KEPT = /^(soc2\/|eu-ai-act\/|nis2\/21\.)/;

/**
 * The policy repository of the year, in a folder of its own: policies of the starter library with their own rules and links, and a commit, a
 * build and a signature for each version of the plot.
 */
export async function makeVersions(
  stage: Stage,
  plot: Plot,
  progress: (done: number, total: number) => void,
): Promise<Version[]> {
  const folder = stage.path('policies');
  await initRepository(folder, { name: 'outfitters', version: VERSION });
  prune(folder, plot);
  const made: Version[] = [];
  for (const [done, day] of plot.versions.entries()) {
    progress(done, plot.versions.length);
    // The first one is there before anything is judged.
    const at = plot.start + day * DAY_MILLISECONDS + (day === 0 ? 0.5 : 7) * 3_600_000;
    stage.at(new Date(at).toISOString());
    const messages = [
      ...plot.tickets
        .filter(({ created }) => created === day)
        .map((ticket) => writeTicket(folder, plot, ticket)),
      ...plot.changes
        .filter((change) => change.day === day)
        .map((change) => {
          edit(policyFile(folder, change.policy), (text) => replaced(text, ...change.edit));
          return change.message;
        }),
    ];
    stage.commit(folder, messages.join('; ') || 'Policies of the year');
    await stage.run(0, 'policy', 'build', folder);
    await stage.run(0, 'policy', 'sign', folder);
    made.push({ at, bundle: await load(folder, at) });
  }
  return made;
}

async function load(folder: string, now: number): Promise<Bundle> {
  const pem = readFileSync(join(folder, '.exhibit', 'keys', 'bundle.pub.pem'), 'utf8');
  const keys = [{ id: 'bundle', pem }];
  return loadBundle(join(folder, '.exhibit', 'bundle.tar.gz'), { keys, now });
}

/** Leaves what the company uses: its policies, three frameworks, and those who are expected to send. */
function prune(folder: string, { days }: Plot): void {
  const [first = ''] = days;
  for (const area of readdirSync(join(folder, 'policies')))
    for (const policy of readdirSync(join(folder, 'policies', area))) {
      const place = join(folder, 'policies', area, policy);
      if (!CHOSEN.includes(policy)) rmSync(place, { recursive: true });
      else
        edit(join(place, 'policy.rego'), (text) =>
          linksOf(text, KEPT).replace(/since: "[0-9-]+"/, `since: "${first}"`),
        );
    }
  edit(policyFile(folder, ASKS_FOR_PASS), (text) =>
    replaced(text, 'admission: observe', 'admission: enforce'),
  );
  for (const file of readdirSync(join(folder, 'controls')))
    if (file !== 'map.yaml') rmSync(join(folder, 'controls', file));
  for (const file of readdirSync(join(folder, 'frameworks')))
    if (!FRAMEWORKS.includes(file.replace('.yaml', ''))) rmSync(join(folder, 'frameworks', file));
  edit(join(folder, 'exhibit.yaml'), (text) => `${text}\n${stringify({ emitters: emitters(first) })}`);
}

/** Weekends and holidays of four days are no silence of those who send when somebody works. */
const emitters = (since: string) => [
  {
    name: 'watch/production',
    owner: 'team-platform',
    layer: 'runtime',
    cadence: 'P1D',
    grace: 'PT6H',
    since,
  },
  { name: 'inventory/aws', owner: 'team-platform', layer: 'runtime', cadence: 'P1D', grace: 'PT6H', since },
  { name: 'inventory/git', owner: 'team-platform', layer: 'runtime', cadence: 'P1D', grace: 'PT6H', since },
  {
    name: 'inventory/documents',
    owner: 'team-people',
    layer: 'runtime',
    cadence: 'P1D',
    grace: 'PT6H',
    since,
  },
  { name: 'ci/*', owner: 'team-platform', layer: 'ci', cadence: 'P4D', grace: 'P1D', since },
  {
    name: 'admission/production',
    owner: 'team-platform',
    layer: 'admission',
    cadence: 'P4D',
    grace: 'P1D',
    since,
  },
  {
    name: 'pre-commit/laptops',
    owner: 'team-platform',
    layer: 'pre-commit',
    cadence: 'P4D',
    grace: 'P1D',
    since,
  },
];

function writeTicket(folder: string, { days }: Plot, ticket: Ticket): string {
  const [first = ''] = days;
  const { id, policy, subject, owner, approver, reason } = ticket;
  const file = join(folder, 'overrides', `${id.toLowerCase()}.yaml`);
  mkdirSync(dirname(file), { recursive: true });
  const value = {
    ...{ id, policy, scope: { subjects: [subject] }, owner, approver, reason },
    ticket: `https://tickets.example.com/${id}`,
    created: addDays(first, ticket.created),
    sunset: addDays(first, ticket.sunset),
  };
  writeFileSync(file, stringify(value));
  return `Override ${id}`;
}

function policyFile(folder: string, policy: string): string {
  const found = readdirSync(join(folder, 'policies'))
    .map((area) => join(folder, 'policies', area, policy, 'policy.rego'))
    .find(existsSync);
  if (found === undefined) throw new ExhibitError('NOT_FOUND', `the starter library has no policy ${policy}`);
  return found;
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new ExhibitError('INTERNAL', `the policy does not say ${from}`);
  return text.replace(from, to);
}

/** A policy's METADATA with the links to some controls only; all else of it stays. */
function linksOf(text: string, kept: RegExp): string {
  let dropping = false;
  return text
    .split('\n')
    .filter((line) => {
      const control = /^# +- control: (\S+)/.exec(line)?.[1];
      if (control !== undefined) dropping = !kept.test(control);
      else if (!/^# {9}/.test(line)) dropping = false;
      return !dropping;
    })
    .join('\n');
}
