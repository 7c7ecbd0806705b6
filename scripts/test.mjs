// `npm test`: everything, in order of cost. Each static check counts as one test; the test runner's own counts are
// added. `npm test -- types lint unit` runs only the named stages. Last line: N passed, N failed, N skipped.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { ensureInstalled } from './ensure-installed.mjs';
import { ensurePeers } from './ensure-peers.mjs';
import { node24 } from './with-node24.mjs';

const root = resolve(import.meta.dirname, '..');
ensureInstalled();
const bin = join(root, 'node_modules', '.bin');
const node = node24();
const env = { ...process.env, PATH: [bin, resolve(node, '..'), process.env.PATH].join(delimiter) };
const reports = mkdtempSync(join(tmpdir(), 'openline-test-'));

const check = (name, command, ...args) => ({ name, run: () => runCheck(command, args) });
const suite = (name) => ({ name, run: () => runSuite(name) });

const stages = [
  check('types', 'tsc', '--noEmit', '-p', 'tsconfig.json'),
  check('lint', 'oxlint', '--type-aware', '--deny-warnings'),
  check('lint-guard', node, 'scripts/lint-guard.mjs'),
  check('format', 'biome', 'format', '.'),
  check('unused', 'knip'),
  check('documents', node, 'scripts/generate-docs.ts', '--check'),
  check('build', 'npm', 'run', 'build', '-w', '@openline/console'),
  suite('unit'),
  { name: 'peers', run: async () => (ensurePeers(), { passed: 0, failed: 0, skipped: 0 }) },
  suite('integration'),
  suite('e2e'),
];

function runCommand(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(String(error));
      done(127);
    });
    child.on('exit', (code) => done(code ?? 1));
  });
}

async function runCheck(command, args) {
  const code = await runCommand(command, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runSuite(name) {
  const file = join(reports, `${name}.json`);
  const code = await runCommand('vitest', [
    'run',
    '--project',
    // With what is measured, which is a project of its own.
    `${name}*`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
  // A file that fails to load, or an error outside a test, is no failed test in the report but fails the run.
  if (code !== 0 && counts.failed === 0) counts.failed = Math.max(1, report.numFailedTestSuites ?? 1);
  return counts;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(
    `No such stage: ${unknown.join(', ')}. There are: ${stages.map((stage) => stage.name).join(' ')}`,
  );
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const table = [];
for (const stage of stages) {
  if (wanted.length > 0 && !wanted.includes(stage.name)) continue;
  console.log(`\n── ${stage.name}`);
  const startedAt = Date.now();
  const counts = await stage.run();
  for (const key of Object.keys(total)) total[key] += counts[key];
  table.push({ stage: stage.name, ...counts, seconds: Math.round((Date.now() - startedAt) / 1000) });
}
rmSync(reports, { recursive: true, force: true });
console.table(table);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
