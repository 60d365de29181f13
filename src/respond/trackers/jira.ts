import { z } from 'zod';
import { fitting } from './answers.ts';
import { askJson } from './http.ts';
import { REPORT_LABEL, type Reported, type Ticket, type Tracker } from './types.ts';

const text = z.string().nullish();
const issue = z.object({
  key: z.string(),
  fields: z.object({
    status: z.object({ statusCategory: z.object({ key: z.string() }) }),
    // Jira Cloud hides the address unless its owner shows it; Data Center has a name.
    assignee: z.object({ displayName: text, emailAddress: text, name: text }).nullish(),
  }),
});
const found = z.object({
  issues: z.array(z.object({ key: z.string(), fields: z.object({ summary: z.string() }) })),
});

/**
 * Issues of Jira Cloud (user and API token) and Jira Data Center (personal access token).
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issues/
 * @see https://developer.atlassian.com/server/jira/platform/rest/
 */
export function jira(url: string, user: string | undefined, token: string | undefined): Tracker {
  const basic = user === undefined ? undefined : Buffer.from(`${user}:${token ?? ''}`).toString('base64');
  const authorization =
    basic === undefined ? (token === undefined ? undefined : `Bearer ${token}`) : `Basic ${basic}`;
  const headers = { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const ask = (path: string, body?: unknown) =>
    askJson(new URL(`${url}/rest/api/2${path}`), {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body }),
    });

  async function ticket(path: string): Promise<Ticket> {
    const [, key, project] = /^\/browse\/(([A-Z][A-Z0-9_]+)-\d+)\/?$/.exec(path) ?? [];
    if (key === undefined) return { state: 'unchecked', why: 'its address is not that of an issue' };
    const answer = fitting(await ask(`/issue/${key}?fields=status,assignee`), issue);
    if ('value' in answer) {
      const { status, assignee } = answer.value.fields;
      return {
        state: status.statusCategory.key === 'done' ? 'closed' : 'open',
        assignees:
          assignee === undefined || assignee === null
            ? []
            : [
                {
                  handle: assignee.name ?? undefined,
                  address: assignee.emailAddress ?? undefined,
                  name: assignee.displayName ?? undefined,
                },
              ],
      };
    }
    if (answer.status !== 404) return { state: 'unchecked', why: answer.failed };
    const seen = fitting(await ask(`/project/${project}`), z.object({ key: z.string() }));
    if ('value' in seen) return { state: 'missing' };
    return { state: 'unchecked', why: `the project ${project} is not there, or may not be seen` };
  }

  async function report(
    project: string,
    title: string,
    description: string,
    label = REPORT_LABEL,
  ): Promise<Reported> {
    if (!/^[A-Z][A-Z0-9_]+$/.test(project)) return { failed: `${project} is not the key of a project` };
    const jql = `project = "${project}" AND labels = "${label}" AND statusCategory != Done ORDER BY created`;
    // Jira Cloud has taken the older search away.
    const search = new URL(url).hostname.endsWith('.atlassian.net') ? '/search/jql' : '/search';
    const query = new URLSearchParams({ jql, fields: 'summary', maxResults: '1000' });
    const listed = fitting(await ask(`${search}?${query}`), found);
    if ('failed' in listed) return { failed: listed.failed };
    const same = listed.value.issues.find(({ fields }) => fields.summary === title);
    if (same !== undefined) return { url: `${url}/browse/${same.key}`, opened: false };
    const fields = {
      project: { key: project },
      summary: title,
      description,
      issuetype: { name: 'Bug' },
      labels: [label],
    };
    const opened = fitting(await ask('/issue', { fields }), z.object({ key: z.string() }));
    return 'value' in opened
      ? { url: `${url}/browse/${opened.value.key}`, opened: true }
      : { failed: opened.failed };
  }

  return { kind: 'jira', url, ticket, report };
}
