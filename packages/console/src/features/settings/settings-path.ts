// Places in the settings document, written as the server writes them in its complaints: `lines[0].register.server`.
// Reading and changing one, and what its schema allows there.

/** The parts of the server's JSON Schema that the page makes use of. */
export interface Schema {
  type?: string;
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  default?: unknown;
}

export type SettingsDocument = Readonly<Record<string, unknown>>;

type Part = string | number;

function partsOf(path: string): Part[] {
  return (path.match(/[^.[\]]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The same place in every item of its lists: `lines[].register.server`. */
export function kindOf(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}

export function valueAt(document: unknown, path: string): unknown {
  return partsOf(path).reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    document,
  );
}

/** A copy with another value there; undefined takes the key out. What lies between is made where it is missing. */
export function withValue<Document>(document: Document, path: string, value: unknown): Document {
  return changed(document, partsOf(path), value) as Document;
}

function changed(at: unknown, parts: readonly Part[], value: unknown): unknown {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  if (typeof part === 'number') {
    const list = Array.isArray(at) ? at : [];
    return list.map((item, index) => (index === part ? changed(item, rest, value) : item));
  }
  const { [part]: former, ...others } = isObject(at) ? at : {};
  const inner = changed(former, rest, value);
  return inner === undefined ? others : { ...others, [part]: inner };
}

/** Null when the server knows no such setting. What may also be null is told by `isNullable`. */
export function schemaAt(schema: Schema, path: string): { schema: Schema; isNullable: boolean } | null {
  let found: Schema | undefined = schema;
  let isNullable = false;
  for (const part of partsOf(path)) {
    found = typeof part === 'number' ? found?.items : propertyOf(found, part);
    isNullable = found?.anyOf?.some(({ type }) => type === 'null') ?? false;
    if (found?.anyOf) found = found.anyOf.find(({ type }) => type !== 'null');
  }
  return found ? { schema: found, isNullable } : null;
}

/** Of an object that is one of several kinds: the first that has it. */
function propertyOf(schema: Schema | undefined, name: string): Schema | undefined {
  const kinds = schema?.oneOf ?? [schema];
  return kinds.map((kind) => kind?.properties?.[name]).find((property) => property !== undefined);
}

/** `lines[0]` is within `lines`, and in itself. */
export function isWithin(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
