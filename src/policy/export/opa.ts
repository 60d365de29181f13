import { bundleFiles } from '../assemble.ts';
import { SIGNATURE_FILE } from '../digest.ts';
import type { Exported, ExportFormat } from './types.ts';

/**
 * The bundle unpacked, for `opa run -b FOLDER/bundle` and for reading in a review. It has no `policy.wasm`: a stock OPA judges
 * from the Rego sources, and the module's bytes differ with the version of the compiler.
 */
export const opa: ExportFormat = {
  name: 'opa',
  summary: 'the bundle unpacked, for a stock `opa run -b`',
  bundle: true,
  async make({ repository, opa: compiler, version, sign }): Promise<Exported> {
    const unsigned = await bundleFiles(repository, version, compiler);
    unsigned.delete('policy.wasm');
    const bundle = sign === undefined ? unsigned : await sign(unsigned);
    const carried = repository.overrides.map(({ id }) => id).sort();
    return {
      files: new Map([...bundle].map(([path, data]) => [`bundle/${path}`, data])),
      policies: repository.policies.map(({ id }) => id),
      left_out: [],
      // As data: who asks this OPA applies them, as Exhibit does after each verdict.
      overrides: { carried, left_out: [] },
    };
  },
  comparable: (files) => new Map([...files].filter(([path]) => path !== `bundle/${SIGNATURE_FILE}`)),
};
