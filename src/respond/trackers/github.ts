import { z } from 'zod';
import { findReport, fitting } from './answers.ts';
import { askJson } from './http.ts';
import { REPORT_LABEL, type Reported, type Ticket, type Tracker } from './types.ts';

const issue = z.object({
  state: z.enum(['open', 'closed']),
  title: z.string(),
  html_url: z.string(),
  assignees: z.array(z.object({ login: z.string() })),
  pull_request: z.unknown().optional(),
});

/**
 * Issues of GitHub, or of a GitHub Enterprise Server.
 * @see https://docs.github.com/rest/issues/issues (API version 2022-11-28)
 */
export function github(url: string, token: string | undefined): Tracker {
  const api = url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`;
  const headers = {
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const ask = (path: string, body?: unknown) =>
    askJson(new URL(api + path), { headers, ...(body === undefined ? {} : { method: 'POST', body }) });

  async function ticket(path: string): Promise<Ticket> {
    const [, repository, number] = /^\/([\w.-]+\/[\w.-]+)\/issues\/(\d+)\/?$/.exec(path) ?? [];
    if (repository === undefined) return { state: 'unchecked', why: 'its address is not that of an issue' };
    const found = fitting(await ask(`/repos/${repository}/issues/${number}`), issue);
    if ('value' in found) {
      const { state, assignees, pull_request } = found.value;
      if (pull_request !== undefined)
        return { state: 'unchecked', why: 'it is a pull request, not an issue' };
      return { state, assignees: assignees.map(({ login }) => ({ handle: login })) };
    }
    if (found.status !== 404 && found.status !== 410) return { state: 'unchecked', why: found.failed };
    // What the token may not see looks like what is not there.
    const seen = fitting(await ask(`/repos/${repository}`), z.object({ id: z.number() }));
    if ('value' in seen) return { state: 'missing' };
    return { state: 'unchecked', why: `the repository ${repository} is not there, or may not be seen` };
  }

  async function report(
    project: string,
    title: string,
    text: string,
    label = REPORT_LABEL,
  ): Promise<Reported> {
    if (!/^[\w.-]+\/[\w.-]+$/.test(project)) return { failed: `${project} is not owner/name` };
    const known = await findReport(title, async (page) => {
      const query = `state=open&labels=${label}&per_page=100&page=${page}`;
      const listed = fitting(await ask(`/repos/${project}/issues?${query}`), z.array(issue));
      return 'value' in listed
        ? { value: listed.value.map((each) => ({ title: each.title, url: each.html_url })) }
        : listed;
    });
    if (known !== undefined) return known;
    const body = { title, body: text, labels: [label] };
    const opened = fitting(await ask(`/repos/${project}/issues`, body), issue);
    return 'value' in opened ? { url: opened.value.html_url, opened: true } : { failed: opened.failed };
  }

  return { kind: 'github', url, ticket, report };
}
