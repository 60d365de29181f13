/** Worker threads and the process of a query: started by file name, so each is an entry of its own beside the program in dist. */
export const WORKERS: Record<string, string> = {
  'judge-worker': 'src/server/admission/threads/judge-worker.ts',
  'pack-child': 'src/cli/server/pack-child.ts',
  'ask-child': 'src/server/portal/ask/ask-child.ts',
  'portal-child': 'src/server/portal/beside/portal-child.ts',
  'query-child': 'src/lake/query/query-child.ts',
  'seal-worker': 'src/ledger/seal-worker.ts',
  'verify-worker': 'src/ledger/verify-worker.ts',
};
