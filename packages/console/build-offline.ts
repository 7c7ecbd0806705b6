// Part of the build: the service worker, with the list of this version's files in it. It is bundled by itself, because it must be
// one file at the root with a name that never changes.
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin, type Rolldown } from 'vite';

/** Letters that few stations need: kept when they are first wanted. */
const RARE = /-(?:cyrillic|greek|vietnamese|latin-ext)[-.]/;

export function offlineShell(): Plugin {
  let root = '';
  let publicFolder = '';
  return {
    name: 'openline-offline-shell',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      publicFolder = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const shell = shellOf(bundle, publicFolder);
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: await worker(root, shell) });
      },
    },
  };
}

interface Shell {
  version: string;
  files: string[];
  entry: string;
}

function shellOf(bundle: Rolldown.OutputBundle, publicFolder: string): Shell {
  const hash = createHash('sha256');
  const built = Object.values(bundle).filter(({ fileName }) => !RARE.test(fileName));
  const shipped = globSync('**/*.*', { cwd: publicFolder });
  for (const file of built.toSorted((one, other) => (one.fileName < other.fileName ? -1 : 1)))
    hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
  for (const file of shipped.toSorted()) hash.update(file).update(readFileSync(join(publicFolder, file)));
  const entry = built.find((file) => file.type === 'chunk' && file.isEntry);
  if (!entry) throw new Error('the build has no entry');
  return {
    version: hash.digest('hex').slice(0, 16),
    files: [...built.map(({ fileName }) => `/${fileName}`), ...shipped.map((file) => `/${file}`)],
    entry: `/${entry.fileName}`,
  };
}

async function worker(root: string, shell: Shell): Promise<string> {
  const output = await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    define: { OPENLINE_SHELL: JSON.stringify(shell) },
    build: {
      write: false,
      target: 'es2023',
      rolldownOptions: {
        input: join(root, 'src/offline/service-worker.ts'),
        output: { format: 'iife' },
      },
    },
  });
  const [first] = Array.isArray(output) ? output : [output];
  const chunk = first && 'output' in first ? first.output[0] : undefined;
  if (!chunk) throw new Error('the service worker was not built');
  return chunk.code;
}
