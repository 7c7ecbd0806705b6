// `npm run crash -- 1000`: the crash test with so many crashes (its own number is small). `-- 1000 7`: another seed.
import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { node24 } from './with-node24.mjs';

const root = resolve(import.meta.dirname, '..');
const [crashes = '1000', seed = '1'] = process.argv.slice(2);
const PATH = [join(root, 'node_modules', '.bin'), resolve(node24(), '..'), process.env.PATH].join(delimiter);
const child = spawn('vitest', ['run', '--project', 'integration', 'packages/server/src/crash'], {
  cwd: root,
  env: { ...process.env, PATH, OPENLINE_CRASHES: crashes, OPENLINE_SEED: seed },
  stdio: 'inherit',
});
child.on('exit', (code) => process.exit(code ?? 1));
