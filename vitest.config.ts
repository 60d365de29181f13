import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import LongestFirst from './scripts/longest-first.ts';

// Tests start hundreds of processes from the sources: each takes less than half the time where their types were stripped before.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.cache', 'compile');

const project = (name: string, include: string[], testTimeout: number) => ({
  test: { name, include, testTimeout, hookTimeout: 120_000, environment: 'node', globals: false },
});

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    globalSetup: './scripts/test-folder.ts',
    reporters: ['default', './scripts/count-reporter.ts'],
    projects: [
      project('unit', ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'], 30_000),
      project('acceptance', ['tests/acceptance/**/*.test.ts'], 30_000),
      project('interop', ['tests/interop/**/*.test.ts', 'tests/attacks/**/*.test.ts'], 300_000),
      project('faults', ['tests/faults/**/*.test.ts'], 600_000),
    ],
  },
});
