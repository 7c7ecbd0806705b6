// Guards the guard: plants one breach of every import rule (and a cycle, and a forgotten await) in a copy of the tree's
// shape, and fails unless the linter reports each of them with the project's own configuration.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'openline-lint-guard-'));

/** [file, forbidden import, rule] */
const planted = [
  ['packages/protocol/src/planted.ts', '@openline/server', 'no-restricted-imports'],
  ['packages/client/src/planted.ts', '@openline/engine', 'no-restricted-imports'],
  ['packages/console/src/planted.ts', '@openline/server', 'no-restricted-imports'],
  ['packages/console/src/planted-node.ts', 'node:fs', 'no-restricted-imports'],
  ['packages/engine/src/planted.ts', '@openline/protocol', 'no-restricted-imports'],
  ['packages/server/src/planted.ts', '@openline/engine', 'no-restricted-imports'],
  ['packages/server/src/desk/planted.ts', 'node:fs', 'no-restricted-imports'],
  ['packages/server/src/desk/planted-engine.ts', '@openline/engine', 'no-restricted-imports'],
  ['packages/server/src/desk/planted-web.ts', '../web/planted-target.ts', 'no-restricted-imports'],
  ['packages/server/src/desk/planted-storage.ts', '../storage/planted-target.ts', 'no-restricted-imports'],
  ['packages/server/src/web/planted.ts', '@openline/engine', 'no-restricted-imports'],
  ['packages/server/src/web/planted-storage.ts', '../storage/planted-target.ts', 'no-restricted-imports'],
  ['packages/server/src/storage/planted.ts', '../web/planted-target.ts', 'no-restricted-imports'],
  [
    'packages/server/src/exchange/embedded/planted.ts',
    '../../web/planted-target.ts',
    'no-restricted-imports',
  ],
];

const missed = [];
try {
  for (const name of ['.oxlintrc.json', 'tsconfig.json']) cpSync(join(root, name), join(folder, name));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, source] of planted) write(path, `export * from '${source}';\n`);
  for (const target of ['web', 'storage'])
    write(`packages/server/src/${target}/planted-target.ts`, 'export const one = 1;\n');
  write('packages/engine/src/cycle-a.ts', "import type { B } from './cycle-b.ts';\nexport type A = B | 1;\n");
  write('packages/engine/src/cycle-b.ts', "import type { A } from './cycle-a.ts';\nexport type B = A | 2;\n");
  write(
    'packages/engine/src/floating.ts',
    'async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n',
  );

  const bin = join(root, 'node_modules', '.bin');
  const run = spawnSync(join(bin, 'oxlint'), ['--type-aware', '--format', 'json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  let diagnostics = [];
  try {
    diagnostics = JSON.parse(run.stdout).diagnostics;
  } catch {
    throw new Error(`the linter gave no report:\n${run.stdout}\n${run.stderr}`);
  }
  const isReported = (path, rule) =>
    diagnostics.some((found) => String(found.filename).endsWith(path) && String(found.code).includes(rule));
  const expected = [
    ...planted.map(([path, , rule]) => [path, rule]),
    ['packages/engine/src/cycle-a.ts', 'no-cycle'],
    ['packages/engine/src/floating.ts', 'no-floating-promises'],
  ];
  for (const [path, rule] of expected) if (!isReported(path, rule)) missed.push(`${rule} in ${path}`);
  if (missed.length === 0) console.log(`lint guard: all ${expected.length} planted breaches are reported`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (missed.length > 0) {
  console.error(`lint guard: the linter is blind to\n  ${missed.join('\n  ')}`);
  process.exit(1);
}
