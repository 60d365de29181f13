import { ExhibitError } from '../../record/index.ts';
import type { App } from '../app.ts';
import type { Portal } from './portal.ts';

/** @throws ExhibitError NOT_FOUND where the settings have no `portal` */
export function portalOf({ portal }: App): Portal {
  if (portal !== undefined) return portal;
  throw new ExhibitError('NOT_FOUND', 'this server has no portal', {
    hint: 'Set `portal: {}` in its configuration.',
  });
}
