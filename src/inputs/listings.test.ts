import { describe, expect, it } from 'vitest';
import { parseInput } from './index.ts';

const read = (value: unknown, file = 'a.json') =>
  parseInput(file, new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
const kinds = (value: unknown, file?: string) => read(value, file).documents.map(({ kind }) => kind);
const messages = (value: unknown) => read(value).problems.map(({ error }) => error.message);

const row = {
  id: '/subscriptions/5ad5c4f1/resourceGroups/shop/providers/Microsoft.Storage/storageAccounts/logs',
  name: 'logs',
  type: 'microsoft.storage/storageaccounts',
  properties: { allowBlobPublicAccess: false },
};
const answer = { totalRecords: 1, count: 1, data: [row], facets: [], resultTruncated: 'false' };

describe('listings of Azure', () => {
  it.each([
    ['answer of Resource Graph', answer],
    ['what az graph query prints', { count: 1, data: [row], skip_token: null, total_records: 1 }],
    ['list of the Resource Manager', { value: [row], nextLink: null }],
    ['bare list', [row]],
  ])('are known: %s', (_, value) => {
    expect(kinds(value)).toEqual(['azure-resources']);
    expect(messages(value)).toEqual([]);
  });

  it.each([
    ['a page', { ...answer, $skipToken: 'x' }, /one page of several/],
    ['a page of the command line', { count: 1, data: [row], skip_token: 'x', total_records: 2 }, /one page/],
    [
      'a page of the Resource Manager',
      { value: [row], nextLink: 'https://management.azure.com/x' },
      /one page/,
    ],
    ['what was cut', { ...answer, resultTruncated: 'true' }, /was cut: it shows 1 of 1/],
    ['what is shorter than it says', { ...answer, totalRecords: 7 }, /was cut: it shows 1 of 7/],
    ['rows that are no resources', { ...answer, data: [row, { name: 'x' }], totalRecords: 2 }, /no resource/],
    ['a table', { ...answer, data: { columns: [], rows: [] } }, /is a table/],
    ['nothing', { ...answer, totalRecords: 0, count: 0, data: [] }, /holds no document/],
  ])('are never judged completely: %s', (_, value, message) => {
    expect(messages(value)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['data of another tool', { data: [{ id: 1, type: 'a' }], count: 1 }],
    ['a list with more beside it', { value: [row], kind: 'x' }],
    ['a list of which one is something else', [row, { id: 'x' }]],
    ['a template', { parameters: { x: { value: '/subscriptions/a' } } }],
  ])('are not: %s', (_, value) => {
    expect(kinds(value)).toEqual(['json']);
  });
});

const asset = {
  name: '//storage.googleapis.com/invoices',
  assetType: 'storage.googleapis.com/Bucket',
  ancestors: ['projects/1'],
  updateTime: '2026-11-20T06:12:41.118Z',
  resource: { version: 'v1', data: { name: 'invoices' } },
};
const exported = { name: asset.name, asset_type: asset.assetType, resource: asset.resource };

describe('listings of Google Cloud', () => {
  it.each([
    ['answer', { readTime: '2026-11-20T06:12:41.118Z', assets: [asset] }],
    ['what gcloud prints', [asset]],
    ['one asset', asset],
    ['an export', `${JSON.stringify(exported)}\n\n${JSON.stringify(exported)}\n`],
  ])('are known: %s', (_, value) => {
    expect(kinds(value)).toEqual(['gcp-assets']);
    expect(messages(value)).toEqual([]);
  });

  it('is one list of the assets of an export, each with its line', () => {
    const [document] = read(`${JSON.stringify(exported)}\n${JSON.stringify(asset)}\n`, 'export').documents;
    expect(document?.value).toEqual([exported, asset]);
    expect(document?.locate([1, 'resource', 'data'])).toMatchObject({ file: 'export', line: 2 });
    expect(messages(`${JSON.stringify(exported)}\n{"name": "//a"\n`)).toEqual([expect.any(String)]);
  });

  it.each([
    ['a page', { assets: [asset], nextPageToken: 'x' }, /one page of several/],
    ['without content', [{ ...asset, resource: undefined }], /what it is like is not there/],
    ['what is no asset', { assets: [asset, { name: 'x' }] }, /no asset/],
    ['nothing', { readTime: '2026-11-20T06:12:41.118Z' }, /holds no document/],
  ])('are never judged completely: %s', (_, value, message) => {
    expect(messages(value)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['a finding', { name: '//x', assetType: 'storage.googleapis.com/Bucket', severity: 'HIGH' }],
    ['a list of something else too', [asset, { assetType: 1 }]],
  ])('are not: %s', (_, value) => {
    expect(kinds(value)).toEqual(['json']);
  });
});
