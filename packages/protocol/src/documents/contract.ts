// The protocol as lines that may be added to and never taken away: each event, each property, each kind of value it may
// have. scripts/generate-docs.ts adds new ones to docs/generated/contract.txt; contract.test.ts holds us to what stands
// there, so that programs which are written today work with the servers of later.
import { clientDataSchema, clientEvents, isClientEvent } from '../client-events.ts';
import { errorSentences } from '../error-codes.ts';
import { jsonSchemaOf } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';
import { isServerEvent, serverEvents } from '../server-events.ts';

/** In the order of their spelling. */
export function contractLines(): string[] {
  const lines = new Set<string>();
  for (const name of Object.keys(clientEvents).filter((event) => isClientEvent(event))) {
    addSchema(lines, `client ${name}`, jsonSchemaOf(clientDataSchema(name), 'input'), 'may be absent');
  }
  for (const name of Object.keys(serverEvents).filter((event) => isServerEvent(event))) {
    const { data, audience } = serverEvents[name];
    lines.add(`server ${name} goes to ${audience}`);
    addSchema(lines, `server ${name}`, jsonSchemaOf(data, 'output'), 'is there');
  }
  for (const code of Object.keys(errorSentences)) lines.add(`code ${code}`);
  return [...lines].toSorted();
}

/** What a client relies on: that it may leave something out, or that it is told something. */
type Relied = 'may be absent' | 'is there';

function addSchema(lines: Set<string>, path: string, schema: unknown, relied: Relied): void {
  if (!isSchema(schema)) return void lines.add(`${path}: any`);
  const { const: only, enum: words, anyOf, oneOf, type, items, prefixItems } = schema;
  const choices = anyOf ?? oneOf;
  if (choices) return choices.forEach((choice) => addSchema(lines, path, choice, relied));
  for (const word of words ?? (only === undefined ? [] : [only]))
    lines.add(`${path}: ${JSON.stringify(word)}`);
  if (words || only !== undefined) return;
  lines.add(`${path}: ${[type ?? 'any'].flat().join(' or ')}`);
  for (const item of [prefixItems ?? items ?? []].flat()) addSchema(lines, `${path}[]`, item, relied);
  addProperties(lines, path, schema, relied);
}

function addProperties(lines: Set<string>, path: string, schema: JsonSchema, relied: Relied): void {
  const required = new Set(schema.required);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (required.has(name) === (relied === 'is there')) lines.add(`${path}.${name} ${relied}`);
    addSchema(lines, `${path}.${name}`, property, relied);
  }
  const others = schema.additionalProperties;
  if (typeof others === 'object' && Object.keys(others).length > 0) {
    addSchema(lines, `${path}.*`, others, relied);
  }
}

/** It may also be `true`: anything. */
function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null;
}
