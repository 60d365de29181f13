import { describe, expect, it } from 'vitest';
import { parseInput } from './index.ts';

const read = (file: string, text: string) => parseInput(file, new TextEncoder().encode(text));
const kinds = (file: string, text: string) => read(file, text).documents.map(({ kind }) => kind);
const messages = (file: string, text: string) => read(file, text).problems.map(({ error }) => error.message);
const bucket = 'Resources:\n  A:\n    Type: AWS::S3::Bucket\n';

describe('templates', () => {
  it('are known by their sections, in YAML and JSON and whatever the file is called', () => {
    expect(kinds('t.yaml', bucket)).toEqual(['cloudformation']);
    expect(kinds('t.template', bucket)).toEqual(['cloudformation']);
    expect(kinds('t.json', '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}')).toEqual(['cloudformation']);
    expect(kinds('t', '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}')).toEqual([
      'cloudformation',
    ]);
    expect(kinds('t.yaml', '{Resources: {A: {Type: "AWS::S3::Bucket"}}}')).toEqual(['cloudformation']);
  });

  // The long forms that AWS documents for each short tag.
  it.each([
    ['!Ref Key', { Ref: 'Key' }],
    ['!Ref 0123', { Ref: '0123' }],
    ['!GetAtt Key.Arn', { 'Fn::GetAtt': ['Key', 'Arn'] }],
    ['!GetAtt Stack.Outputs.Arn', { 'Fn::GetAtt': ['Stack', 'Outputs.Arn'] }],
    ['!GetAtt [Key, Arn]', { 'Fn::GetAtt': ['Key', 'Arn'] }],
    ['!Sub "A-b"', { 'Fn::Sub': 'A-b' }],
    ['!Sub ["A", {A: !Ref B}]', { 'Fn::Sub': ['A', { A: { Ref: 'B' } }] }],
    ['!If [Prod, true, !Ref "AWS::NoValue"]', { 'Fn::If': ['Prod', true, { Ref: 'AWS::NoValue' }] }],
    ['!Condition Prod', { Condition: 'Prod' }],
    ['!Base64 {"Fn::Sub": x}', { 'Fn::Base64': { 'Fn::Sub': 'x' } }],
    ['!Unheard true', { 'Fn::Unheard': 'true' }],
    ['!!str true', 'true'],
  ])('write %s out', (written, value) => {
    const text = `${bucket}    Properties:\n      X: ${written}\n`;
    const [document] = read('t.yaml', text).documents;
    expect(document?.value).toEqual({
      Resources: { A: { Type: 'AWS::S3::Bucket', Properties: { X: value } } },
    });
    expect(document?.locate(['Resources', 'A', 'Properties', 'X'])).toEqual({
      file: 't.yaml',
      line: 5,
      column: 7,
    });
  });

  it('keep a tag through an alias', () => {
    const text = `${bucket}    Properties:\n      X: &x !Ref Key\n      Z: *x\n`;
    expect(read('t.yaml', text).documents[0]?.value).toMatchObject({
      Resources: { A: { Properties: { X: { Ref: 'Key' }, Z: { Ref: 'Key' } } } },
    });
  });

  it('leave tags of other YAML files as they were', () => {
    expect(read('other.yaml', 'x: !Ref a\n').documents[0]).toMatchObject({ kind: 'yaml', value: { x: 'a' } });
  });
});

describe('what makes more of a template than stands in it is never judged completely', () => {
  it.each([
    ['a macro', `Transform: MyMacro\n${bucket}`, /macro/],
    ['an include', `Transform: {Name: "AWS::Include", Parameters: {Location: s3}}\n${bucket}`, /macro/],
    ['one macro of several', `Transform: ["AWS::Serverless-2016-10-31", Mine]\n${bucket}`, /macro/],
    ['a loop', `${bucket}  Fn::ForEach::Topics: [T, [a], {T: {Type: "AWS::SNS::Topic"}}]\n`, /no type/],
    ['a resource without a type', `${bucket}  B: {Properties: {}}\n`, /no type/],
    ['no resources', 'AWSTemplateFormatVersion: "2010-09-09"\n', /no resources/],
  ])('%s', (_, text, message) => {
    const { documents, problems } = read('t.yaml', text);
    expect(documents).toHaveLength(1);
    expect(problems.map(({ error }) => error.message)).toEqual([expect.stringMatching(message)]);
  });

  it('the macros of AWS that leave properties alone are no problem', () => {
    expect(
      messages('t.yaml', `Transform: [AWS::Serverless-2016-10-31, "AWS::LanguageExtensions"]\n${bucket}`),
    ).toEqual([]);
  });
});

describe('ways to be taken for a template', () => {
  it.each([
    ['a Pod', `apiVersion: v1\nkind: Pod\n${bucket}`, ['kubernetes']],
    [
      'a Pod with a version of templates',
      `apiVersion: v1\nkind: Pod\nAWSTemplateFormatVersion: "2010-09-09"\n`,
      ['kubernetes'],
    ],
    ['a pipeline', `on: push\njobs: {}\n${bucket}`, ['github-workflow']],
    ['a document with Resources of its own', 'Resources: {a: {Type: 1}}\n', ['yaml']],
    ['a document with a list of Resources', 'Resources: [{Type: "AWS::S3::Bucket"}]\n', ['yaml']],
  ])('%s stays what it is', (_, text, expected) => {
    expect(kinds('a.yaml', text)).toEqual(expected);
  });

  it('a plan stays a plan', () => {
    const plan = {
      format_version: '1.2',
      resource_changes: [],
      Resources: { A: { Type: 'AWS::S3::Bucket' } },
    };
    expect(kinds('p.json', JSON.stringify(plan))).toEqual(['terraform-plan']);
  });

  it.each([`${bucket}---\napiVersion: v1\nkind: Pod\n`, `apiVersion: v1\nkind: Pod\n---\n${bucket}`])(
    'beside other documents it is refused',
    (text) => {
      const { documents, problems } = read('a.yaml', text);
      expect(documents).toEqual([]);
      expect(problems[0]?.error.message).toMatch(/stream with other documents/);
    },
  );
});
