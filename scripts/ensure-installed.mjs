// Brings node_modules in line with the lock file when they are missing or older, with the machine's own npm. Runs under
// Node 20, without any dependency. Used by the command line and by the test run.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

const versions = (path) => {
  const packages = JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  return Object.entries(packages).filter(([name, entry]) => name.startsWith('node_modules/') && !entry.link);
};

/** True when every package of the lock file that this platform needs is there in its version. */
export function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const have = new Map(versions(installed).map(([name, entry]) => [name, entry.version]));
  return versions(join(root, 'package-lock.json')).every(
    ([name, entry]) => have.get(name) === entry.version || (entry.optional && !have.has(name)),
  );
}

/** Installs when needed. Throws with one clear sentence when npm fails. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.log('Installing what Openline needs (once; a minute or two) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Not `npm ci`: it refuses a lock file without the binaries of platforms that its maker's registry did not have.
  // `--no-save` keeps the versions of the lock file, and the lock file as it is.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const run = spawnSync(npm, args, { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) throw new Error('npm could not install the packages; its own message is above.');
  console.log('Installed.');
}
