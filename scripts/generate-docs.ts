// Writes docs/generated/{protocol,errors}.md from the schemas in packages/protocol; `--check` writes nothing and
// fails when a page is out of date. Run by Node 24: `node scripts/with-node24.mjs scripts/generate-docs.ts`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  callSchema,
  clientEvents,
  deskStateSchema,
  errorSentences,
  eventRoles,
  initializeSchema,
  isClientEvent,
  isServerEvent,
  jsonSchemaOf,
  roles,
  serverEvents,
} from '../packages/protocol/src/index.ts';
import type { JsonSchema } from '../packages/protocol/src/index.ts';

type Schema = Parameters<typeof jsonSchemaOf>[0];

const root = join(import.meta.dirname, '..');
const pages: Readonly<Record<string, string>> = {
  'docs/generated/protocol.md': protocolPage(),
  'docs/generated/errors.md': errorsPage(),
};

let isOutOfDate = false;
for (const [path, text] of Object.entries(pages)) {
  const file = join(root, path);
  if (readIfThere(file) === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} is out of date: run npm run docs`);
    isOutOfDate = true;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  }
}
process.exitCode = isOutOfDate ? 1 : 0;

function protocolPage(): string {
  const fromClients = Object.keys(clientEvents).filter((name) => isClientEvent(name));
  const fromServer = Object.keys(serverEvents).filter((name) => isServerEvent(name));
  return `${[
    '# The client protocol',
    'Generated from the schemas in `packages/protocol` by `scripts/generate-docs.ts`; do not edit.',
    'One JSON text frame per event over the WebSocket `/ws`: `{"event": …, "data": …, "id"?: …}`. With an `id`, the ' +
      'sender gets exactly one `ack` with the same `id`. What is refused is answered with `event_error`, or with ' +
      '`client:error` where the frame itself is wrong; see [errors](errors.md).',
    'A *keyed* event carries a map, and each key is applied on its own. Every set is idempotent. `?` after a name: ' +
      'may be left out. *level*: 1-100, 75 is unity. *number to dial*: E.164 or national digits, a SIP URI, or a ' +
      'whole JSON number. Times are epoch milliseconds.',
    '## Events from clients',
    table(
      ['event', 'data', 'does', 'answers'],
      fromClients.map((name) => {
        const { keyedBy, value, does, answers } = clientEvents[name];
        const data = shapeOf(value, 'input');
        return [code(name), code(keyedBy ? `{${keyedBy}: ${data}}` : data), does, answers];
      }),
    ),
    '## Who may send what',
    `From least to most: ${roles.join(', ')}; each may all that the former may. *On air*: where the event puts ` +
      'something on air, or changes what is on air.',
    table(
      ['event', 'role', 'on air'],
      fromClients.map((name) => [code(name), eventRoles[name].role, eventRoles[name].airRole]),
    ),
    '## Events from the server',
    table(
      ['event', 'to', 'data', 'says'],
      fromServer.map((name) => {
        const { audience, data, says } = serverEvents[name];
        const shape = name === 'initialize' ? 'the state, below' : code(shapeOf(data, 'output'));
        return [code(name), audience, shape, says];
      }),
    ),
    '## The state',
    'What `initialize` carries; every later event is a delta to it.',
    ...Object.entries(initializeSchema.shape).map(
      ([name, schema]) =>
        `\`${name}\`${name in deskStateSchema.shape ? '' : ' (of this connection)'}\n\n${block(schema)}`,
    ),
    '## A call',
    'An entry of the history, in `calls:list` and `calls:update`.',
    block(callSchema),
  ].join('\n\n')}\n`;
}

function errorsPage(): string {
  return `${[
    '# Error codes',
    'Generated from `packages/protocol/src/error-codes.ts` by `scripts/generate-docs.ts`; do not edit.',
    'The code is for programs, the sentence is for the producer; words in braces are filled in.',
    table(
      ['code', 'sentence'],
      Object.entries(errorSentences).map(([name, sentence]) => [code(name), sentence]),
    ),
  ].join('\n\n')}\n`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function block(schema: Schema): string {
  return `\`\`\`\n${shapeOf(schema, 'output', 0)}\n\`\`\``;
}

/** A schema in the short notation of these pages. `indent` given: an object's properties each on a line. */
function shapeOf(schema: Schema, io: 'input' | 'output', indent: number | null = null): string {
  return shape(jsonSchemaOf(schema, io), indent);
}

function shape(schema: JsonSchema | boolean | undefined, indent: number | null): string {
  if (typeof schema !== 'object') return 'any';
  if (schema.description && indent === null) return schema.description;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => shape(choice as JsonSchema, indent)).join(' | ');
  if (schema.type === 'array') return arrayShape(schema, indent);
  if (schema.type === 'object') return objectShape(schema, indent);
  if (schema.description) return schema.description;
  return schema.type === undefined ? 'any' : [schema.type].flat().join(' | ');
}

function arrayShape({ prefixItems, items }: JsonSchema, indent: number | null): string {
  if (prefixItems) return `[${prefixItems.map((item) => shape(item as JsonSchema, indent)).join(', ')}]`;
  return `[${shape(Array.isArray(items) ? undefined : (items as JsonSchema), indent)}]`;
}

function objectShape(schema: JsonSchema, indent: number | null): string {
  const required = new Set(schema.required);
  const deeper = indent === null ? null : indent + 1;
  const entries = Object.entries(schema.properties ?? {}).map(
    ([name, property]) => `${name}${required.has(name) ? '' : '?'}: ${shape(property as JsonSchema, deeper)}`,
  );
  const others = schema.additionalProperties;
  if (typeof others === 'object' && Object.keys(others).length > 0) {
    const key =
      typeof schema.propertyNames === 'object' ? (schema.propertyNames.description ?? 'name') : 'name';
    entries.push(`[${key}]: ${shape(others as JsonSchema, deeper)}`);
  }
  if (indent === null) return `{${entries.join(', ')}}`;
  const pad = '  '.repeat(indent);
  return `{\n${entries.map((entry) => `${pad}  ${entry}`).join('\n')}\n${pad}}`;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
