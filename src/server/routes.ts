import { ATTESTATION_ROUTES } from './admission/attested/routes.ts';
import { ADMISSION_ROUTES } from './admission/routes.ts';
import type { Handler, Route } from './app.ts';
import { ACTION_ROUTES } from './application/actions/routes.ts';
import { APPLICATION_ROUTES } from './application/routes.ts';
import { BUNDLE_ROUTES } from './bundles/routes.ts';
import { EVENT_ROUTES } from './events/routes.ts';
import { HEALTH_ROUTES } from './health.ts';
import { type Evidence, ledgerOf } from './ingest/evidence.ts';
import { INGEST_ROUTES } from './ingest/routes.ts';
import { KUBERNETES_AUDIT_ROUTES } from './kubernetes-audit/routes.ts';
import { OPA_ROUTES } from './opa/routes.ts';
import { PORTAL_ROUTES } from './portal/routes.ts';

const ROUTES: readonly Route[] = [
  ...INGEST_ROUTES,
  ...BUNDLE_ROUTES,
  ...OPA_ROUTES,
  ...APPLICATION_ROUTES,
  ...ADMISSION_ROUTES,
  ...KUBERNETES_AUDIT_ROUTES,
  ...EVENT_ROUTES,
  ...ATTESTATION_ROUTES,
  ...PORTAL_ROUTES,
  ...HEALTH_ROUTES,
];
/** Without a ledger of its own the server takes no records in for one, and keeps no approvals beside it. */
export function ledgerRoutes({ ledger }: Evidence): readonly Route[] {
  if (ledger !== undefined) return ROUTES;
  const needy = new Set<Route>([...INGEST_ROUTES, ...ACTION_ROUTES]);
  return ROUTES.map((route) => (needy.has(route) ? { ...route, handle: elsewhere } : route));
}

const elsewhere: Handler = (_call, app) => {
  ledgerOf(app.store);
};
