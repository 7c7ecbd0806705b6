// Part of the build: beside every file that gains by it lies its compressed form, which the server sends to browsers that take it.
// Made once here with all the effort there is, rather than at every request.
import { readFileSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fonts and PNGs are compressed already. */
const TEXTS = '**/*.{html,js,css,svg,json,webmanifest}';
/** Below this everything fits one packet anyway. */
const LEAST_BYTES = 1000;

export function compressedFiles(): Plugin {
  let folder = '';
  return {
    name: 'openline-compressed-files',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    writeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        for (const file of globSync(TEXTS, { cwd: folder })) compress(join(folder, file));
      },
    },
  };
}

function compress(path: string): void {
  const bytes = readFileSync(path);
  if (bytes.length < LEAST_BYTES) return;
  const params = {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
