#!/usr/bin/env node
// The first thing that runs, under whatever Node (20 or newer) the machine has, before anything is installed: so it
// uses nothing but Node. Installs what is missing, builds the console when it is stale, then hands over to
// src/main.ts under Node 24, tied to it by an IPC channel so that neither outlives the other.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const [command = 'start', ...rest] = process.argv.slice(2);

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Openline needs Node 20 or newer; this is ${process.version}.`);
  process.exit(1);
}

const scripts = new URL('../../../scripts/', import.meta.url);
const { ensureInstalled } = await import(new URL('ensure-installed.mjs', scripts).href);
const { node24 } = await import(new URL('with-node24.mjs', scripts).href);
let node;
try {
  ensureInstalled();
  node = node24();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

if (command === 'start' || command === 'demo') void buildConsole();

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, command, ...rest], {
  // Types are stripped once, not at every start of every process and thread: a third of the memory, a quarter of the time.
  env: { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'openline'), ...process.env },
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));

// npm passes no signal on: who ends `npm start` would leave the station running, and its ports taken.
if (process.env.npm_lifecycle_event !== undefined) {
  const startedBy = npmAbove();
  setInterval(() => npmAbove() !== startedBy && child.kill('SIGTERM'), 500).unref();
}

/** Whoever runs the script: our parent, or above the shell that npm may put in between. */
function npmAbove() {
  try {
    const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'));
    return ['sh', 'dash', 'bash'].includes(name) ? Number(parent) : process.ppid;
  } catch {
    return process.ppid;
  }
}

/** Builds the web page while the station is already starting: a telephone does not wait for it. */
async function buildConsole() {
  const consoleFolder = join(root, 'packages', 'console');
  if (!existsSync(join(consoleFolder, 'index.html'))) return;
  const built = join(consoleFolder, 'dist', 'index.html');
  const sources = [
    'console/src',
    'console/index.html',
    'console/public',
    'console/vite.config.ts',
    'console/build-offline.ts',
    'console/build-compressed.ts',
    'client/src',
    'protocol/src',
  ];
  const newestSource = Math.max(...sources.map((path) => newest(join(root, 'packages', path))));
  if (existsSync(built) && statSync(built).mtimeMs >= newestSource) return;
  console.log('Building the console …');
  const code = await run(
    node,
    [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: consoleFolder,
    },
  );
  if (code === 0) console.log('The console is built.');
  else console.error('The console could not be built; the station runs without its page.');
}

/** Latest change below a path, epoch ms; 0 when there is nothing. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

function run(file, args, options = {}) {
  return new Promise((resolve) => {
    const started = spawn(file, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      ...options,
    });
    started.on('error', () => resolve(1));
    started.on('exit', (code) => resolve(code ?? 1));
  });
}
