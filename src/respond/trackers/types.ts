import type { TicketCheck } from '../../policy/index.ts';

/** Whom a ticket is assigned to, as far as the tracker shows it. */
export interface Assignee {
  handle?: string | undefined;
  address?: string | undefined;
  name?: string | undefined;
}

/** What a tracker says of a ticket. */
export type Ticket =
  | { state: 'open' | 'closed'; assignees: Assignee[] }
  | { state: 'missing' }
  | { state: 'unchecked'; why: string };

/** A report in a tracker: found by its title, or opened. */
export type Reported = { url: string; opened: boolean } | { failed: string };

export interface Tracker {
  kind: 'github' | 'gitlab' | 'jira';
  /** Where its tickets live, without a slash at the end. */
  url: string;
  /** @param path of a ticket's URL below `url`, with a slash before it */
  ticket(path: string): Promise<Ticket>;
  /**
   * Opens a ticket unless an open one has this title.
   * @param project `owner/name`, or the key of a Jira project
   * @param label by which it is found again; that of reports about overrides where it is not given
   */
  report(project: string, title: string, text: string, label?: string): Promise<Reported>;
}

export type TicketAnswer = TicketCheck & { checked_at: string };

/** By this label reports are found again. */
export const REPORT_LABEL = 'exhibit-overrides';
/** The same, of findings. */
export const FINDING_LABEL = 'exhibit-findings';
