import { describe, expect, it } from 'vitest';
import { parseInput } from './index.ts';

const read = (text: string) => parseInput('template.yaml', Buffer.from(text));

/** The kinds of merging that AWS describes, with other words. @see AWS SAM developer guide, "Overridable properties" */
const TEMPLATE = `AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: nodejs22.x
    Timeout: 180
    VpcConfig:
      SecurityGroupIds: [sg-123, sg-456]
    Environment:
      Variables:
        STAGE: dev
        TABLE: shared-table
  Api:
    AccessLogSetting: {DestinationArn: !GetAtt Logs.Arn}
  SimpleTable:
    SSESpecification: {SSEEnabled: true}
Resources:
  Order:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 15
      VpcConfig:
        SecurityGroupIds: [sg-first]
      Environment:
        Variables:
          TABLE: orders
      Events:
        Place:
          Type: Api
          Properties: {Path: /orders, Method: post}
  Plain:
    Type: AWS::Serverless::Function
  Apart:
    Type: AWS::Serverless::Function
    IgnoreGlobals: "*"
    Properties: {Timeout: 3}
  Half:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [Environment, VpcConfig, Timeout]
  Chosen:
    Type: AWS::Serverless::Function
    Properties:
      Environment: !If [Prod, {Variables: {STAGE: prod}}, !Ref AWS::NoValue]
  Table:
    Type: AWS::Serverless::SimpleTable
  Bucket:
    Type: AWS::S3::Bucket
`;

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

function template() {
  const { documents, problems } = read(TEMPLATE);
  expect(problems).toEqual([]);
  const [document] = documents;
  if (document === undefined) throw new Error('no document');
  const { Resources } = document.value as { Resources: Record<string, Resource> };
  const line = (...path: (string | number)[]) => document.locate(['Resources', ...path]).line;
  return { resources: Resources, line };
}

describe('Globals of a serverless template', () => {
  it('give what a resource does not say, merge mappings and put their lists first', () => {
    const { resources } = template();
    expect(resources.Order?.Properties).toMatchObject({
      Runtime: 'nodejs22.x',
      Timeout: 15,
      VpcConfig: { SecurityGroupIds: ['sg-123', 'sg-456', 'sg-first'] },
      Environment: { Variables: { STAGE: 'dev', TABLE: 'orders' } },
    });
    expect(resources.Plain?.Properties).toMatchObject({ Timeout: 180, Runtime: 'nodejs22.x' });
    expect(resources.Table?.Properties).toEqual({ SSESpecification: { SSEEnabled: true } });
    expect(resources.Bucket).toEqual({ Type: 'AWS::S3::Bucket' });
  });

  it('are left out where a resource ignores them, and by an intrinsic function', () => {
    const { resources } = template();
    expect(resources.Apart?.Properties).toEqual({ Timeout: 3 });
    expect(resources.Half?.Properties).toEqual({ Runtime: 'nodejs22.x' });
    expect(Object.keys(resources.Chosen?.Properties?.Environment ?? {})).toEqual(['Fn::If']);
  });

  it('keep their places: what comes from Globals is found there', () => {
    const { line } = template();
    expect(line('Order', 'Properties', 'Timeout')).toBe(21);
    expect(line('Order', 'Properties', 'Runtime')).toBe(5);
    expect(line('Order', 'Properties', 'Environment')).toBe(24);
    expect(line('Order', 'Properties', 'Environment', 'Variables', 'STAGE')).toBe(11);
    expect(line('Order', 'Properties', 'Environment', 'Variables', 'TABLE')).toBe(26);
    expect(line('Order', 'Properties', 'VpcConfig', 'SecurityGroupIds', 1)).toBe(8);
    expect(line('Order', 'Properties', 'VpcConfig', 'SecurityGroupIds', 2)).toBe(23);
    expect(line('Plain', 'Properties', 'Environment', 'Variables', 'TABLE')).toBe(12);
    expect(line('Table', 'Properties', 'SSESpecification', 'SSEEnabled')).toBe(16);
  });

  it('hold for the API that an event asks for without a name; it stands where the event stands', () => {
    const { resources, line } = template();
    expect(resources.ServerlessRestApi).toEqual({
      Type: 'AWS::Serverless::Api',
      Properties: { AccessLogSetting: { DestinationArn: { 'Fn::GetAtt': ['Logs', 'Arn'] } } },
    });
    expect(line('ServerlessRestApi')).toBe(28);
    expect(line('ServerlessRestApi', 'Properties', 'AccessLogSetting')).toBe(14);
    const named = TEMPLATE.replace('Path: /orders', 'RestApiId: !Ref Own, Path: /orders');
    expect(read(named).documents[0]?.value).not.toHaveProperty('Resources.ServerlessRestApi');
  });

  it('say nothing without the transform', () => {
    const { documents } = read(TEMPLATE.replace(/^Transform.*\n/m, ''));
    expect(documents[0]?.value).toMatchObject({ Resources: { Apart: { Properties: { Timeout: 3 } } } });
    expect(documents[0]?.value).not.toHaveProperty('Resources.Plain.Properties');
  });

  it.each([
    ['Globals: [a]', 'Globals is no mapping'],
    ['Globals: {Function: x}', 'Globals.Function is no mapping'],
  ])('of another form are a problem: %s', (globals, message) => {
    const text = `Transform: [AWS::Serverless-2016-10-31]\n${globals}\nResources: {A: {Type: "AWS::Serverless::Function"}}\n`;
    expect(read(text).problems.map(({ error }) => error.message)).toEqual([message]);
  });

  it('that are ignored in a form that the transform refuses are a problem', () => {
    const { problems } = read(TEMPLATE.replace('IgnoreGlobals: "*"', 'IgnoreGlobals: true'));
    expect(problems.map(({ error }) => error.location)).toEqual([
      { file: 'template.yaml', line: 35, column: 5 },
    ]);
  });
});
