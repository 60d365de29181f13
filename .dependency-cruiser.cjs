// The house's arrows (docs/architecture.md): each folder may import only the folders listed for it.
// A folder's index.ts is its contract; nobody imports past it.
const may = {
  record: [],
  verify: ['record'],
  store: ['record'],
  ledger: ['record', 'verify', 'store'],
  inputs: ['record'],
  policy: ['record', 'inputs'],
  engine: ['record', 'inputs', 'policy'],
  sources: ['record', 'inputs', 'policy', 'engine'],
  lake: ['record', 'verify', 'store', 'ledger', 'policy'],
  export: ['record', 'verify', 'ledger', 'lake'],
  merges: ['record', 'ledger', 'lake'],
  audit: ['record', 'verify', 'store', 'ledger', 'policy', 'engine', 'lake'],
  respond: ['record', 'ledger', 'policy', 'engine', 'lake'],
  web: ['record'],
  actions: ['record'],
  server: [
    'record',
    'verify',
    'store',
    'ledger',
    'inputs',
    'policy',
    'engine',
    'sources',
    'lake',
    'audit',
    'respond',
    'web',
  ],
  cli: [
    'record',
    'verify',
    'store',
    'ledger',
    'inputs',
    'policy',
    'engine',
    'sources',
    'lake',
    'audit',
    'respond',
    'export',
    'merges',
    'web',
    'server',
  ],
};
const folders = Object.keys(may);
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...folders.map((folder) => ({
      name: `arrows-${folder}`,
      comment: `src/${folder} may import only: ${may[folder].join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...may[folder]].join('|')})/` },
    })),
    ...folders.map((folder) => ({
      name: `contract-${folder}`,
      comment: `import src/${folder}/index.ts, not what is behind it`,
      severity: 'error',
      from: {
        path: '^(src|bench|tests)/', // The comparison of built-ins with the interpreter looks at the WebAssembly instance itself.
        pathNot: `^src/${folder}/|\\.test\\.ts$|^tests/interop/native/`,
      },
      to: { path: `^src/${folder}/`, pathNot: `^src/${folder}/index\\.ts$|^src/verify/node\\.ts$|/testing/` },
    })),
    {
      name: 'pure-folders',
      comment: 'record and verify run in a browser: no Node built-ins',
      severity: 'error',
      from: { path: '^src/(record|verify)/', pathNot: '\\.test\\.ts$|/(node|standalone)\\.ts$|/testing/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    // TypeScript 7 has no API for tools yet, so another parser reads the sources.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|testdata' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
