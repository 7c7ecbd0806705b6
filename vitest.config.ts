import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The tests start engines, servers and whole stations by the dozen: with this their TypeScript is compiled once, and a start
// takes half the time.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/openline', import.meta.url));

// Three projects, from fast to real. `unit` lies beside the code; `integration` runs a package's real parts
// (sockets, threads, SQLite) in one process; `e2e` starts the product and talks to it with real peers.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'bench/src/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts'],
          pool: 'threads',
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['packages/*/src/**/*.integration.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/src/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
