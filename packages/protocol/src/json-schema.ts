// The schemas as JSON Schema, for documents made of them: docs/generated, and whoever writes a client in another
// language.
import { z } from 'zod';

/** `input`: as a client writes it; `output`: as it is after defaults and transforms. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' });
}

export type JsonSchema = Exclude<z.core.JSONSchema._JSONSchema, boolean>;
