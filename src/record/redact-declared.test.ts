import { describe, expect, it } from 'vitest';
import { redact } from './index.ts';

const left = (value: unknown): string => JSON.stringify(redact(value).value);

describe('what a file declares to be secret', () => {
  it.each([true, 'true', 'True', 1])('is the default of a parameter with NoEcho: %j', (NoEcho) => {
    const template = {
      Parameters: { Phrase: { Type: 'String', NoEcho, Default: 'tiger-lily-in-the-morning' } },
      Resources: { A: { Type: 'AWS::SSM::Parameter', Properties: { Value: 'tiger-lily-in-the-morning' } } },
    };
    expect(left(template)).not.toContain('tiger');
  });

  it('is the default of a sensitive variable', () => {
    expect(
      left({ variable: { phrase: [{ sensitive: true, default: 'tiger-lily-in-the-morning' }] } }),
    ).not.toContain('tiger');
  });

  it('and nothing else', () => {
    expect(
      left({ Parameters: { Phrase: { NoEcho: 'false', Default: 'tiger-lily-in-the-morning' } } }),
    ).toContain('tiger');
    expect(
      left({ variable: { phrase: [{ sensitive: false, default: 'tiger-lily-in-the-morning' }], x: 'y' } }),
    ).toContain('tiger');
  });
});
