// Writes docs/generated/{protocol,errors}.md and asyncapi.json from the schemas in packages/protocol, and adds to
// contract.txt what is new: nothing is ever taken out of that. `--check` writes
// nothing and fails when one is out of date. Run by Node 24: `node scripts/with-node24.mjs scripts/generate-docs.ts`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asyncApiDocument, contractLines, errorsPage, protocolPage } from '../packages/protocol/src/index.ts';
import type { Block } from '../packages/protocol/src/index.ts';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'packages/protocol/package.json'), 'utf8')) as {
  version: string;
};
const pages: Readonly<Record<string, string>> = {
  'docs/generated/protocol.md': markdown(protocolPage()),
  'docs/generated/errors.md': markdown(errorsPage()),
  'docs/generated/contract.txt': grown('docs/generated/contract.txt', contractLines()),
  'docs/generated/asyncapi.json': `${JSON.stringify(asyncApiDocument(version), null, 2)}\n`,
};

let isOutOfDate = false;
for (const [path, text] of Object.entries(pages)) {
  const file = join(root, path);
  if (readIfThere(file) === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of date: run node scripts/with-node24.mjs scripts/generate-docs.ts`);
    isOutOfDate = true;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  }
}
process.exitCode = isOutOfDate ? 1 : 0;

/** What stands in the file, and the lines that are new. */
function grown(path: string, lines: readonly string[]): string {
  const note =
    '# What programs may rely on. Lines are added by scripts/generate-docs.ts, and never taken out.';
  const former = (readIfThere(join(root, path)) ?? '').split('\n').filter((line) => !/^(?:#|$)/.test(line));
  return `${[note, ...[...new Set([...former, ...lines])].toSorted()].join('\n')}\n`;
}

function markdown(blocks: readonly Block[]): string {
  const [title, ...rest] = blocks.map(markdownBlock);
  const note =
    'Generated from the schemas in `packages/protocol` by `scripts/generate-docs.ts`; do not edit.';
  return `${[title, note, ...rest].join('\n\n')}\n`;
}

function markdownBlock(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `# ${block.text}`;
    case 'heading':
      return `## ${block.text}`;
    case 'text':
      return block.text;
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``;
    case 'table': {
      const line = (cells: readonly string[]) =>
        `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
      return [line(block.head), line(block.head.map(() => '---')), ...block.rows.map(line)].join('\n');
    }
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
