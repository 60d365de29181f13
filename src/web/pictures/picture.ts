import type { DocumentTable } from '../document/types.ts';
import type { Markup } from '../html.ts';
import { burnDown, burnDownTable, expiries, expiriesTable } from './burn-down.ts';
import { drift, driftTable } from './drift.ts';
import { funnel, funnelTable } from './funnel.ts';
import { heartbeat, heartbeatTable } from './heartbeat.ts';
import { hours, hoursTable } from './hours.ts';
import { lineage, lineageTable } from './lineage.ts';
import { matrix, matrixTable } from './matrix.ts';
import type { Which } from './svg.ts';
import type { Picture } from './types.ts';

/**
 * A picture for a page: inline SVG with a name and a description, without script, and folded below it a table of the same numbers.
 */
export function drawPicture(picture: Picture, which: Which): Markup {
  switch (picture.shape) {
    case 'matrix':
      return matrix(picture, which);
    case 'burn-down':
      return burnDown(picture, which);
    case 'expiries':
      return expiries(picture, which);
    case 'drift':
      return drift(picture, which);
    case 'heartbeat':
      return heartbeat(picture, which);
    case 'hours':
      return hours(picture, which);
    case 'funnel':
      return funnel(picture, which);
    case 'lineage':
      return lineage(picture, which);
  }
}

/** The same numbers as a table: what a PDF and a CSV file show. */
export function pictureTable(picture: Picture): DocumentTable {
  switch (picture.shape) {
    case 'matrix':
      return matrixTable(picture);
    case 'burn-down':
      return burnDownTable(picture);
    case 'expiries':
      return expiriesTable(picture);
    case 'drift':
      return driftTable(picture);
    case 'heartbeat':
      return heartbeatTable(picture);
    case 'hours':
      return hoursTable(picture);
    case 'funnel':
      return funnelTable(picture);
    case 'lineage':
      return lineageTable(picture);
  }
}
