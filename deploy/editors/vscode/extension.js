// Starts `exhibit lsp` for the workspace. All that it shows comes from there; nothing is judged here.
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

const LANGUAGES = [
  'yaml',
  'json',
  'terraform',
  'opentofu',
  'rego',
  'dockerfile',
  'toml',
  'ini',
  'properties',
  'dotenv',
];
const PATTERNS = [
  '**/*.{yaml,yml,json,tf,tofu,rego,toml,ini,properties,env}',
  '**/{Dockerfile,Containerfile,.env}*',
];

/** @type {import('vscode-languageclient/node').LanguageClient | undefined} */
let client;

async function start() {
  // Settings of a workspace that is not trusted could name a key of its own.
  if (!vscode.workspace.isTrusted) return;
  const command = vscode.workspace.getConfiguration('exhibit').get('path') || 'exhibit';
  client = new LanguageClient(
    'exhibit',
    'Exhibit',
    { command, args: ['lsp'] },
    {
      documentSelector: [
        ...LANGUAGES.map((language) => ({ scheme: 'file', language })),
        ...PATTERNS.map((pattern) => ({ scheme: 'file', pattern })),
      ],
      initializationOptions: vscode.workspace.getConfiguration('exhibit'),
      synchronize: { configurationSection: 'exhibit' },
    },
  );
  await client.start();
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('exhibit.restart', async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(start),
  );
  await start();
};

exports.deactivate = stop;
