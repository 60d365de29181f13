import { describe, expect, it } from 'vitest';
import { Expression, hclFile, quoted, terraformName } from './hcl.ts';

// Expected forms: the HCL native syntax specification and `terraform fmt`; tests/interop asks HCL itself.
describe('HCL', () => {
  it.each([
    ['a "b" \\', '"a \\"b\\" \\\\"'],
    ['two\nlines\t', '"two\\nlines\\t"'],
    ['\x24{var.secret} %{ if true } $x 5%', '"$\x24{var.secret} %%{ if true } $x 5%"'],
  ])('a text holds no template: %j', (text, expected) => expect(quoted(text)).toBe(expected));

  it('aligns attributes, leaves out what is not given, and puts blocks after them', () => {
    const block = {
      type: 'resource',
      labels: ['a', 'b'],
      attributes: { id: 1, enabled: true, none: undefined, names: ['x', new Expression('var.y')] },
      blocks: [{ type: 'inner', blocks: [{ type: 'empty' }] }],
    };
    expect(Buffer.from(hclFile(['One.', ''], [block])).toString()).toBe(`# One.
#

resource "a" "b" {
  id      = 1
  enabled = true
  names   = ["x", var.y]

  inner {
    empty {}
  }
}
`);
  });

  it.each([
    ['db-encrypted', 'db_encrypted'],
    ['3-tier', 'p_3_tier'],
  ])('%s becomes a name of Terraform', (id, name) => expect(terraformName(id)).toBe(name));
});
