import { defineConfig } from 'vitest/config';

/** The tests that need a Kafka broker are a project of their own: its set-up starts one only when they are in the run. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    globalSetup: ['test/temporaryFolder.ts'],
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'out/test-results.json' }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'saccade',
          include: ['test/**/*.test.ts'],
          exclude: ['test/broker/**'],
          typecheck: { enabled: true, include: ['test/**/*.test-d.ts'] },
        },
      },
      {
        extends: true,
        test: {
          name: 'broker',
          include: ['test/broker/**/*.test.ts'],
          globalSetup: ['test/broker/setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
