import { z } from 'zod';
import { findReport, fitting } from './answers.ts';
import { askJson } from './http.ts';
import { REPORT_LABEL, type Reported, type Ticket, type Tracker } from './types.ts';

const issue = z.object({
  state: z.enum(['opened', 'closed']),
  title: z.string(),
  web_url: z.string(),
  assignees: z.array(z.object({ username: z.string(), name: z.string() })),
});

/**
 * Issues of GitLab.
 * @see https://docs.gitlab.com/api/issues/ (API version 4)
 */
export function gitlab(url: string, token: string | undefined): Tracker {
  const headers = token === undefined ? {} : { 'private-token': token };
  const ask = (path: string, body?: unknown) =>
    askJson(new URL(`${url}/api/v4${path}`), {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body }),
    });

  async function ticket(path: string): Promise<Ticket> {
    const [, project = '', number] =
      /^\/([\w./-]+?)(?:\/-)?\/(?:issues|work_items)\/(\d+)\/?$/.exec(path) ?? [];
    if (number === undefined) return { state: 'unchecked', why: 'its address is not that of an issue' };
    const base = `/projects/${encodeURIComponent(project)}`;
    const found = fitting(await ask(`${base}/issues/${number}`), issue);
    if ('value' in found) {
      const { state, assignees } = found.value;
      return {
        state: state === 'opened' ? 'open' : 'closed',
        assignees: assignees.map(({ username, name }) => ({ handle: username, name })),
      };
    }
    if (found.status !== 404) return { state: 'unchecked', why: found.failed };
    const seen = fitting(await ask(base), z.object({ id: z.number() }));
    if ('value' in seen) return { state: 'missing' };
    return { state: 'unchecked', why: `the project ${project} is not there, or may not be seen` };
  }

  async function report(
    project: string,
    title: string,
    text: string,
    label = REPORT_LABEL,
  ): Promise<Reported> {
    const base = `/projects/${encodeURIComponent(project)}/issues`;
    const known = await findReport(title, async (page) => {
      const query = `state=opened&labels=${label}&per_page=100&page=${page}`;
      const listed = fitting(await ask(`${base}?${query}`), z.array(issue));
      return 'value' in listed
        ? { value: listed.value.map((each) => ({ title: each.title, url: each.web_url })) }
        : listed;
    });
    if (known !== undefined) return known;
    const opened = fitting(await ask(base, { title, description: text, labels: label }), issue);
    return 'value' in opened ? { url: opened.value.web_url, opened: true } : { failed: opened.failed };
  }

  return { kind: 'gitlab', url, ticket, report };
}
