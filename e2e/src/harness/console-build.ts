/**
 * The console as it is shipped: built when nobody has, or when its sources are newer, so that no test looks at the console of
 * yesterday. Before the test run by vitest (`setup`), so that two files at a time do not both build.
 */
import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const packages = resolve(import.meta.dirname, '../../../packages');
const sources = ['console/{src,public}/**/*.*', 'console/*.{ts,html,json}', '{client,protocol}/src/**/*.ts'];

export function buildConsole(): void {
  const built = statSync(join(packages, 'console/dist/index.html'), { throwIfNoEntry: false });
  const isOld = (path: string) => statSync(join(packages, path)).mtimeMs > (built?.mtimeMs ?? 0);
  if (!globSync(sources, { cwd: packages }).some(isOld)) return;
  // The test runner says that this is a test, and a build believes it: that would be another console.
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync('npm', ['run', 'build'], { cwd: join(packages, 'console'), stdio: 'ignore', env });
}

export { buildConsole as setup };
