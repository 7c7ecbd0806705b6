import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// The tests start engines, servers and whole stations by the dozen: with this their TypeScript is compiled once, and a start
// takes half the time.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/openline', import.meta.url));

/** These measure time or sound, which the work of others would disturb: one after the other, with nothing beside them. */
const timedIntegration = [
  'packages/engine/src/call/*.integration.test.ts',
  'packages/server/src/reconnect.integration.test.ts',
];
const timedE2e = [
  'e2e/src/lost-callers.test.ts',
  'e2e/src/mix-minus.test.ts',
  'e2e/src/processes-die.test.ts',
  'e2e/src/queue.test.ts',
  'e2e/src/recording.test.ts',
  'e2e/src/sip-calls.test.ts',
  'e2e/src/torture.test.ts',
  'e2e/src/whisper.test.ts',
];

/** What they replace stays replaced for the files that follow in the same thread. */
const apart = ['packages/engine/src/audio/recording-file-full-disk.test.ts'];

const temporary = ['e2e/src/harness/temporary-files.ts'];

const project = (
  name: string,
  order: number,
  test: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration => ({
  test: {
    name,
    pool: 'forks',
    sequence: { groupOrder: order },
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // What is waited for comes, however busy the machine is.
    expect: { poll: { timeout: 30_000 } },
    ...test,
  },
});

// From fast to real. `unit` lies beside the code; `integration` runs a package's real parts (sockets, threads, SQLite) in one
// process; `e2e` starts the product and talks to it with real peers. What measures is in a project of its own, by files.
export default defineConfig({
  test: {
    projects: [
      project('unit', 0, {
        include: ['packages/*/src/**/*.test.{ts,tsx}', 'bench/src/**/*.test.ts'],
        exclude: ['**/*.integration.test.ts', ...apart],
        pool: 'threads',
        // Each file in a fresh world takes half of the time: none of them leaves anything behind but those of `apart`.
        isolate: false,
        maxWorkers: 2,
        testTimeout: 20_000,
      }),
      project('unit-apart', 0, { include: apart, pool: 'threads', testTimeout: 20_000 }),
      project('integration', 1, {
        include: ['packages/*/src/**/*.integration.test.ts'],
        exclude: [...configDefaults.exclude, ...timedIntegration],
        maxWorkers: 2,
        globalSetup: temporary,
      }),
      project('integration-timed', 2, {
        include: timedIntegration,
        fileParallelism: false,
        globalSetup: temporary,
      }),
      project('e2e', 3, {
        globalSetup: [...temporary, 'e2e/src/harness/console-build.ts'],
        include: ['e2e/src/**/*.test.ts'],
        exclude: [...configDefaults.exclude, ...timedE2e],
        maxWorkers: 2,
      }),
      project('e2e-timed', 4, { include: timedE2e, fileParallelism: false, globalSetup: temporary }),
    ],
  },
});
