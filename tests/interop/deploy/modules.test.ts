import { parse } from '@cdktn/hcl2json';
import { describe, expect, it } from 'vitest';
import { MODULES, newWork, onModule, sources, TOOLS, terraform, testedModules, why } from './terraform.ts';

describe.skipIf(terraform === undefined)(`the modules in Terraform and OpenTofu${why}`, () => {
  it.each(TOOLS)('are written as `%s fmt` writes them', async (tool) => {
    expect(await onModule('.', ['fmt', '-check', '-recursive', '-diff'], newWork(), tool)).toBe('');
  });

  it.each(TOOLS.flatMap((tool) => testedModules().map((module) => [tool, module] as const)))(
    '%s test: %s',
    async (tool, module) => {
      const work = newWork();
      await onModule(module, ['init', '-input=false', '-backend=false', '-no-color'], work, tool);
      const said = await onModule(module, ['test', '-no-color'], work, tool);
      expect(said).toMatch(/Success! [1-9]\d* passed, 0 failed\./);
    },
  );
});

describe('the files of the modules', () => {
  it('are there, and those without a provider have tests', () => {
    expect(MODULES).toMatch(/deploy\/terraform$/);
    const decided = [...sources().keys()].filter((name) => name.endsWith('/versions.tf'));
    const providers = decided.filter((name) => sources().get(name)?.includes('hashicorp/aws') === true);
    const without = decided
      .filter((name) => !providers.includes(name))
      .map((name) => name.split('/versions.tf')[0]);
    expect(testedModules()).toEqual(without);
    expect(without.length).toBeGreaterThan(0);
  });

  it('keep what is decided apart from what is made: no policy is written beside a resource', async () => {
    for (const [name, text] of sources()) {
      const file = (await parse(name, text)) as Record<string, unknown>;
      if (file.resource !== undefined)
        expect({ name, decides: /jsonencode\(/.test(text) }).toEqual({ name, decides: false });
    }
  });
});
