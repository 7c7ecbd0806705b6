// A schema in the short notation of the documents: `{name: string, level: level, tags?: [tag]}`. Over several lines, what
// is said of a property stands behind it.
import type { z } from 'zod';
import { jsonSchemaOf } from '../json-schema.ts';
import type { JsonSchema } from '../json-schema.ts';

/** `indent` given: an object's properties each on a line. */
export function shapeOf(schema: z.ZodType, io: 'input' | 'output', indent: number | null = null): string {
  return shape(jsonSchemaOf(schema, io), indent);
}

function shape(schema: JsonSchema | boolean | undefined, indent: number | null): string {
  if (typeof schema !== 'object') return 'any';
  if (schema.description && indent === null) return schema.description;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map((choice) => shape(choice as JsonSchema, indent)))].join(' | ');
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
  const properties = Object.entries(schema.properties ?? {});
  const entries = properties.map(
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
  const lines = entries.map((entry, index) => `${pad}  ${withNote(entry, properties[index]?.[1])}`);
  return `{\n${lines.join('\n')}\n${pad}}`;
}

/** The note goes behind the first line of an entry that has several. */
function withNote(entry: string, property: unknown): string {
  const says = typeof property === 'object' && property !== null ? Reflect.get(property, 'says') : undefined;
  if (typeof says !== 'string') return entry;
  const [first = '', ...rest] = entry.split('\n');
  return [`${first}  // ${says}`, ...rest].join('\n');
}
