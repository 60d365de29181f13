/**
 * Types that Resource Graph lists and of which the library of policies reads more than tags, by the table that has them. A test holds them against the library.
 * @see Azure, "Azure Resource Graph table and resource type reference"
 */
export const AZURE_TABLES: Readonly<Record<string, readonly string[]>> = {
  resources: [
    'Microsoft.Cache/redis',
    'Microsoft.CognitiveServices/accounts',
    'Microsoft.Compute/disks',
    'Microsoft.Compute/virtualMachineScaleSets',
    'Microsoft.Compute/virtualMachines',
    'Microsoft.ContainerRegistry/registries',
    'Microsoft.ContainerService/managedClusters',
    'Microsoft.DBforMySQL/flexibleServers',
    'Microsoft.DBforPostgreSQL/flexibleServers',
    'Microsoft.DataProtection/backupVaults',
    'Microsoft.DocumentDB/databaseAccounts',
    'Microsoft.EventHub/namespaces',
    'Microsoft.Insights/components',
    'Microsoft.KeyVault/vaults',
    'Microsoft.MachineLearningServices/workspaces',
    'Microsoft.Network/networkInterfaces',
    'Microsoft.Network/networkSecurityGroups',
    'Microsoft.OperationalInsights/workspaces',
    'Microsoft.RecoveryServices/vaults',
    'Microsoft.Search/searchServices',
    'Microsoft.ServiceBus/namespaces',
    'Microsoft.Sql/managedInstances',
    'Microsoft.Sql/servers',
    'Microsoft.Sql/servers/databases',
    'Microsoft.Storage/storageAccounts',
    'Microsoft.Web/sites',
    'Microsoft.Web/sites/slots',
  ],
  authorizationresources: ['Microsoft.Authorization/roleAssignments'],
  securityresources: ['Microsoft.Security/pricings'],
};

/** Parts of other resources that no table has: what a policy asks of them stays unknown, unless they come in a file. */
export const AZURE_UNLISTED: readonly string[] = [
  'Microsoft.ContainerService/managedClusters/agentPools',
  'Microsoft.Insights/diagnosticSettings',
  'Microsoft.KeyVault/vaults/keys',
  'Microsoft.KeyVault/vaults/secrets',
  'Microsoft.Network/networkSecurityGroups/securityRules',
  'Microsoft.Sql/servers/administrators',
  'Microsoft.Sql/servers/auditingSettings',
  'Microsoft.Sql/servers/databases/transparentDataEncryption',
  'Microsoft.Sql/servers/extendedAuditingSettings',
  'Microsoft.Sql/servers/securityAlertPolicies',
  'Microsoft.Storage/storageAccounts/blobServices',
  'Microsoft.Storage/storageAccounts/blobServices/containers',
  'Microsoft.Web/sites/config',
];

/** The table that has a type. Types that are not known are looked for among the resources. */
export function tableOf(type: string): string {
  const wanted = type.toLowerCase();
  const [table] =
    Object.entries(AZURE_TABLES).find(([, types]) => types.some((one) => one.toLowerCase() === wanted)) ?? [];
  return table ?? 'resources';
}
