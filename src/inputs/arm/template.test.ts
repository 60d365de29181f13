import { describe, expect, it } from 'vitest';
import { type InputDocument, parseInput } from '../index.ts';

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

function read(template: Record<string, unknown>) {
  const text = JSON.stringify({ $schema: SCHEMA, contentVersion: '1.0.0.0', ...template }, null, 1);
  return parseInput('azuredeploy.json', Buffer.from(text));
}

/** What expressions give in a template with these parameters and variables. */
function given(expression: unknown, rest: Record<string, unknown> = {}): unknown {
  const { documents, problems } = read({
    ...rest,
    resources: [{ type: 'A/b', name: 'x', value: expression }],
  });
  expect(problems).toEqual([]);
  return ((documents[0] as InputDocument).value as { resources: { value: unknown }[] }).resources[0]?.value;
}

const parameters = {
  name: { type: 'string', defaultValue: 'shop' },
  open: { type: 'string' },
  secret: { type: 'secureString', defaultValue: 'x' },
  place: { type: 'string', defaultValue: '[resourceGroup().location]' },
  long: { type: 'string', defaultValue: "[concat(parameters('name'), 'logs')]" },
  perhaps: { type: 'object', nullable: true },
};
const variables = {
  tls: 'TLS1_2',
  settings: { minimum: "[variables('tls')]", where: "[parameters('place')]", Ports: [22, 443] },
  loop: { copy: [{ name: 'disks', count: 2, input: 1 }] },
  circle: "[variables('round')]",
  round: "[variables('circle')]",
};

// Function by function, the documented answers ("ARM template functions").
describe('expressions', () => {
  it.each([
    ["[parameters('name')]", 'shop'],
    ["[PARAMETERS('Name')]", 'shop'],
    ["[parameters('long')]", 'shoplogs'],
    ["[variables('tls')]", 'TLS1_2'],
    ["[variables('settings').minimum]", 'TLS1_2'],
    ["[variables('settings')['MINIMUM']]", 'TLS1_2'],
    ["[variables('settings').ports[1]]", 443],
    ["[variables('settings').?gone]", null],
    ["[concat('a', 1, true())]", 'a1True'],
    ["[concat(createArray(1), variables('settings').ports)]", [1, 22, 443]],
    ["[format('{0}-{1}-{{x}}', parameters('name'), 7)]", 'shop-7-{x}'],
    ["[toLower('AbC')]", 'abc'],
    ["[replace('a-b-c', '-', '')]", 'abc'],
    ["[substring('abcdef', 1, 2)]", 'bc'],
    ["[split('a,b', ',')]", ['a', 'b']],
    ["[if(equals(parameters('name'), 'shop'), 'yes', 'no')]", 'yes'],
    ["[if(not(empty(parameters('name'))), true(), false())]", true],
    ["[and(false(), equals(parameters('open'), 'x'))]", false],
    ["[or(equals(parameters('open'), 'x'), true())]", true],
    ["[coalesce(parameters('perhaps'), createObject('a', 1))]", { a: 1 }],
    [
      "[union(createObject('a', createObject('x', 1)), createObject('a', createObject('y', 2)))]",
      { a: { x: 1, y: 2 } },
    ],
    ["[contains(createArray('a', 'b'), 'b')]", true],
    ["[length('abc')]", 3],
    ["[string(createArray(1, 'a'))]", '[[1,"a"]'],
    ["['it''s']", "it's"],
    ['[[not one]', '[[not one]'],
    ['plain', 'plain'],
    ["[add(int('2'), mul(3, sub(5, 4)))]", 5],
  ])('%s', (expression, value) => {
    expect(given(expression, { parameters, variables })).toEqual(value);
  });

  it.each([
    "[parameters('open')]",
    "[parameters('secret')]",
    "[parameters('gone')]",
    "[concat(parameters('name'), parameters('open'))]",
    "[format('{0:D2}', 7)]",
    "[if(parameters('open'), 1, 2)]",
    '[resourceGroup().location]',
    "[reference('x').y]",
    '[copyIndex()]',
    "[uniqueString('a')]",
    "[variables('loop').disks]",
    "[variables('circle')]",
    "[contoso.make('x')]",
    "[equals(parameters('open'), 'x')]",
    '[broken(]',
    '[]',
  ])('%s stays as it is written: only the deployment knows', (expression) => {
    expect(given(expression, { parameters, variables })).toBe(expression);
  });

  it('keep what is unknown within what is known, by its own expression', () => {
    expect(given("[variables('settings')]", { parameters, variables })).toEqual({
      minimum: 'TLS1_2',
      where: '[resourceGroup().location]',
      Ports: [22, 443],
    });
    expect(given("[parameters('place')]", { parameters })).toBe('[resourceGroup().location]');
  });

  it('name a resource by names that are known', () => {
    expect(given("[resourceId('Microsoft.Sql/servers', parameters('name'))]", { parameters })).toBe(
      "[resourceId('Microsoft.Sql/servers', 'shop')]",
    );
    expect(given("[resourceId('Microsoft.Sql/servers', parameters('open'))]", { parameters })).toBe(
      "[resourceId('Microsoft.Sql/servers', parameters('open'))]",
    );
  });

  it('that grow without end are refused', () => {
    const levels = Object.fromEntries(
      [...Array(60).keys()].map((i) => [
        `v${i}`,
        i === 0 ? 'x' : `[createArray(variables('v${i - 1}'), variables('v${i - 1}'))]`,
      ]),
    );
    const { problems } = read({
      variables: levels,
      resources: [{ type: 'A/b', name: "[variables('v59')]" }],
    });
    expect(problems.map(({ error }) => error.code)).toEqual(['INPUT_TOO_LARGE']);
  });

  it('nested deep are unknown', () => {
    const deep = `[${'not('.repeat(300)}true()${')'.repeat(300)}]`;
    expect(given(deep)).toBe(deep);
  });
});

describe('a template', () => {
  const account = {
    type: 'Microsoft.Storage/storageAccounts',
    name: 'a',
    properties: { tls: "[parameters('tls')]" },
  };

  it('within a deployment has its own parameters where it says so, else those around it', () => {
    const nested = (scope: string) => ({
      type: 'Microsoft.Resources/deployments',
      name: 'm',
      properties: {
        expressionEvaluationOptions: { scope },
        parameters: { tls: { value: "[concat('TLS', parameters('tls'))]" } },
        template: { parameters: { tls: { type: 'string', defaultValue: 'inner' } }, resources: [account] },
      },
    });
    const { documents } = read({
      parameters: { tls: { type: 'string', defaultValue: '1_2' } },
      resources: [nested('inner'), nested('outer')],
    });
    const { resources } = (documents[0] as InputDocument).value as {
      resources: { properties: { template: { resources: (typeof account)[] } } }[];
    };
    expect(resources.map((one) => one.properties.template.resources[0]?.properties.tls)).toEqual([
      'TLS1_2',
      '1_2',
    ]);
  });

  it('that names its resources is read the same, and places are the lines of the resource', () => {
    const { documents } = read({
      languageVersion: '2.0',
      parameters: { tls: { type: 'object', defaultValue: { version: '1.2' } } },
      resources: { store: account },
    });
    const [document] = documents;
    expect(document?.value).toMatchObject({
      resources: { store: { properties: { tls: { version: '1.2' } } } },
    });
    const { line } = document?.locate(['resources', 'store', 'properties', 'tls', 'version']) ?? {};
    expect(line).toBe(document?.locate(['resources', 'store', 'properties', 'tls']).line);
    expect(line).toBe(18);
  });

  it('that is linked is not here: the file is never judged completely', () => {
    const linked = {
      type: 'Microsoft.Resources/deployments',
      name: 'm',
      properties: { templateLink: { uri: 'https://example.com/x.json' } },
    };
    const { problems } = read({ resources: [linked] });
    expect(problems.map(({ error }) => error.message)).toEqual([
      'a linked template is deployed, and it is not here',
    ]);
  });
});
