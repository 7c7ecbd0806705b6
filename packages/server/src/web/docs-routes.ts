/**
 * The protocol for whoever writes a client: `/docs` to read, `/docs/asyncapi.json` for tools, made of the same schemas
 * that validate. Without sign-in: of the station it says only the address by which it was reached.
 */
import {
  asyncApiDocument,
  errorsPage,
  protocolPage,
  publishedServers,
  type Block,
  type PublishedAt,
} from '@openline/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export function addDocsRoutes(app: FastifyInstance, version: () => string): void {
  let page: string | null = null;
  let document: ReturnType<typeof asyncApiDocument> | null = null;
  app.get('/docs', async (_request, reply) => {
    page ??= htmlPage([...protocolPage(), ...errorsPage()]);
    return reply.type('text/html; charset=utf-8').send(page);
  });
  app.get('/docs/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));
  app.get('/docs/asyncapi.json', async (request, reply) => {
    document ??= asyncApiDocument(version());
    const text = JSON.stringify({ ...document, servers: publishedServers(addressOf(request)) }, null, 2);
    return reply.header('vary', 'host').type('application/json; charset=utf-8').send(text);
  });
}

/** By which name the station was reached; null when what the request says is no name. */
function addressOf({ headers: { host }, protocol }: FastifyRequest): PublishedAt | null {
  const isName =
    host !== undefined && /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?$/i.test(host);
  return isName ? { host, isSecure: protocol === 'https' } : null;
}

function htmlPage(blocks: readonly Block[]): string {
  const headings = blocks.filter((block) => block.kind === 'heading' || block.kind === 'title');
  const contents = headings.map(({ text }) => `<li><a href="#${anchor(text)}">${escape(text)}</a></li>`);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Openline: the client protocol</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/style.css"></head><body>',
    `<nav aria-label="Contents"><ul>${contents.join('')}</ul>`,
    '<p><a href="/docs/asyncapi.json">AsyncAPI 3 document</a></p></nav><main>',
    ...blocks.map(htmlBlock),
    '</main></body></html>\n',
  ].join('\n');
}

function htmlBlock(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `<h1 id="${anchor(block.text)}">${escape(block.text)}</h1>`;
    case 'heading':
      return `<h2 id="${anchor(block.text)}">${escape(block.text)}</h2>`;
    case 'text':
      return `<p>${inline(block.text)}</p>`;
    case 'code':
      return `<pre><code>${escape(block.text)}</code></pre>`;
    case 'table': {
      const head = block.head.map((cell) => `<th scope="col">${inline(cell)}</th>`).join('');
      const rows = block.rows.map(
        (row) =>
          `${rowStart(block.of, row[0])}${row.map((cell) => `<td>${inline(cell)}</td>`).join('')}</tr>`,
      );
      return `<div class="table"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
    }
  }
}

function rowStart(of: string | undefined, name: string | undefined): string {
  return of === undefined || name === undefined
    ? '<tr>'
    : `<tr id="${of}-${escape(name.replaceAll('`', ''))}">`;
}

/** Backticks are code. */
function inline(text: string): string {
  return escape(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

function anchor(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `:root { color-scheme: light dark; scroll-padding-top: 1rem; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 92rem; padding: 1rem; }
nav ul { columns: 14rem; padding-left: 0; list-style: none; }
@media (min-width: 72rem) {
  body { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 2rem; }
  nav { position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem); overflow-y: auto; }
  nav ul { columns: auto; }
  main > h1:first-child { margin-top: 0; }
}
h1 { margin-top: 2.5rem; }
h2 { margin-top: 2rem; border-top: 1px solid; padding-top: 1rem; }
p { max-width: 48rem; }
code { font: 0.9em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid; border-radius: 4px; }
pre code { overflow-wrap: normal; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem; border-bottom: 1px solid; min-width: 6rem; }
td:first-child code { white-space: nowrap; }
tr:target { outline: 2px solid; outline-offset: -2px; }
`;
