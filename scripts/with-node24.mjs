// Runs a TypeScript file under Node 24: this process when it is new enough, else the one the registry's
// package brings (npm puts node_modules/.bin first on the PATH of scripts, but not of a bare `node`).
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Path of a Node that runs TypeScript directly (24 or newer). */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    return require.resolve(`${name}/bin/node${process.platform === 'win32' ? '.exe' : ''}`);
  } catch {
    throw new Error(
      `Openline needs Node 24 and the package ${name} is not installed. Run npm install, or put Node 24 on the PATH.`,
    );
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const child = spawn(node24(), process.argv.slice(2), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
