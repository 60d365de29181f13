import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** WCAG 2.2, levels A and AA, and what axe calls good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

type Violation = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number];

/**
 * axe on a page. It runs and reports within the page (its "legacy mode") and describes each element for violations alone: the usual way hands all that
 * passes to a second page, which takes three times as long and finds the same. It does not look into frames of other origins, so a page with
 * frames is refused.
 */
function axeOn(page: Page): AxeBuilder {
  if (page.frames().length > 1) throw new Error(`${page.url()} has frames, into which axe would not look`);
  return new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true);
}

/** What axe finds wrong on a page. @param tags of the rules; `all` for each rule that axe has */
export async function violationsOf(page: Page, tags: readonly string[] | 'all' = TAGS): Promise<Violation[]> {
  const axe = axeOn(page);
  return (await (tags === 'all' ? axe : axe.withTags([...tags])).analyze()).violations;
}

/** The same as lines: the rule, and the first element that breaks it. */
export async function faultsOf(page: Page): Promise<string[]> {
  return linesOf(await violationsOf(page));
}

/** Rules whose outcome depends on colours. All others look at the markup and its layout, which are the same in each theme. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** What another theme of a page that was looked at whole can change. Rows of a table are alike: of each, the first eight. */
export async function themeFaultsOf(page: Page): Promise<string[]> {
  return linesOf(
    (await axeOn(page).withRules(COLOURS).exclude('tbody tr:nth-child(n+9)').analyze()).violations,
  );
}

function linesOf(violations: readonly Violation[]): string[] {
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
