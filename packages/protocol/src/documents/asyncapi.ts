// The protocol as an AsyncAPI 3 document, of the same schemas that validate: for whoever writes a client with tools
// or in another language. Published by the server at /docs/asyncapi.json, and in docs/generated.
import { z } from 'zod';
import { answerEventOf } from '../answers.ts';
import { clientDataSchema, clientEvents } from '../client-events.ts';
import type { ClientEvent } from '../client-events.ts';
import { errorSentences } from '../error-codes.ts';
import {
  bucketEntrySchema,
  callSchema,
  messageSchema,
  personDocumentSchema,
  personSchema,
  questionSchema,
  suggestionSchema,
} from '../records.ts';
import { eventRoles } from '../roles.ts';
import { errorSchema, isServerEvent, serverEvents } from '../server-events.ts';
import type { ServerEvent } from '../server-events.ts';
import {
  bucketSchema,
  channelStateSchema,
  contactSchema,
  hostStateSchema,
  lineStateSchema,
  masterStateSchema,
  promptSchema,
  qualitySchema,
  userStateSchema,
} from '../state.ts';
import { examples } from './examples.ts';
import { guide } from './guide.ts';
import { clientEventNames } from './page.ts';

type Json = Record<string, unknown>;

const named: Readonly<Record<string, z.ZodType>> = {
  Bucket: bucketSchema,
  BucketEntry: bucketEntrySchema,
  Call: callSchema,
  Channel: channelStateSchema,
  Contact: contactSchema,
  Error: errorSchema,
  Host: hostStateSchema,
  Line: lineStateSchema,
  Master: masterStateSchema,
  Message: messageSchema,
  Person: personSchema,
  PersonDocument: personDocumentSchema,
  Prompt: promptSchema,
  Quality: qualitySchema,
  Question: questionSchema,
  Suggestion: suggestionSchema,
  User: userStateSchema,
};
const idOf = new Map(Object.entries(named).map(([id, schema]) => [schema, id]));

/** Names for the schemas above, beside the descriptions that all of them have. */
class Names extends z.core.$ZodRegistry<z.core.JSONSchemaMeta> {
  override get(schema: z.core.$ZodType): z.core.JSONSchemaMeta | undefined {
    const described = z.globalRegistry.get(schema);
    const id = idOf.get(schema as z.ZodType);
    return id === undefined ? described : { ...described, id };
  }
}

/** Where the station is reached. */
export interface PublishedAt {
  /** With its port. */
  host: string;
  isSecure: boolean;
}

/** The `servers` of the document; null: that of no station in particular. */
export function publishedServers(at: PublishedAt | null): Json {
  return {
    station: {
      host: at?.host ?? 'station.example',
      protocol: at?.isSecure ? 'wss' : 'ws',
      description: at
        ? 'The station that this document was asked of.'
        : 'The station’s own server; its address and port are what it prints when it starts.',
      security: [
        { $ref: '#/components/securitySchemes/token' },
        { $ref: '#/components/securitySchemes/cookie' },
      ],
    },
  };
}

export function asyncApiDocument(version: string): Json {
  const schemas: Json = {};
  const serverNames = Object.keys(serverEvents).filter((name) => isServerEvent(name));
  const messages = Object.fromEntries([
    ...clientEventNames.map((event) => [clientKey(event), clientMessage(event, schemas)] as const),
    ...serverNames.map((event) => [serverKey(event), serverMessage(event, schemas)] as const),
  ]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Openline client protocol',
      version,
      description: guide
        .map(({ title, paragraphs, code }) =>
          [`## ${title}`, ...paragraphs, ...(code === undefined ? [] : [`\`\`\`js\n${code}\n\`\`\``])].join(
            '\n\n',
          ),
        )
        .join('\n\n'),
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: publishedServers(null),
    channels: {
      desk: {
        address: '/ws',
        description: 'One WebSocket for everything, both ways.',
        servers: [{ $ref: '#/servers/station' }],
        messages: Object.fromEntries(
          Object.keys(messages).map((key) => [key, ref('components/messages', key)]),
        ),
      },
    },
    operations: Object.fromEntries([
      ...clientEventNames.map((event) => [clientKey(event), clientOperation(event)] as const),
      ...serverNames.map((event) => [serverKey(event), serverOperation(event)] as const),
    ]),
    components: {
      messages,
      schemas,
      securitySchemes: {
        token: {
          type: 'httpApiKey',
          in: 'query',
          name: 'token',
          description: 'From `POST /api/session {"name", "password"}`.',
        },
        cookie: {
          type: 'httpApiKey',
          in: 'cookie',
          name: 'openline_session',
          description: 'Set by the same request, for browsers.',
        },
      },
    },
    'x-error-codes': errorSentences,
  };
}

const clientKey = (event: ClientEvent) => `client.${event.replace(':', '.')}`;
const serverKey = (event: ServerEvent) => `server.${event.replace(':', '.')}`;

function ref(where: string, key: string): Json {
  return { $ref: `#/${where}/${key}` };
}

function clientMessage(event: ClientEvent, schemas: Json): Json {
  const { does } = clientEvents[event];
  return {
    name: event,
    title: event,
    summary: does,
    payload: envelope(
      event,
      schemaOf(clientDataSchema(event), 'input', schemas),
      'wants an `ack` with the same id',
    ),
    examples: [{ payload: { event, data: examples[event], id: '1' } }],
  };
}

function serverMessage(event: ServerEvent, schemas: Json): Json {
  const { data, says, audience } = serverEvents[event];
  return {
    name: event,
    title: event,
    summary: says,
    payload: envelope(event, schemaOf(data, 'output', schemas), 'of the event that this answers'),
    'x-audience': audience,
  };
}

function envelope(event: string, data: Json, idSays: string): Json {
  return {
    type: 'object',
    properties: {
      event: { const: event },
      data,
      id: { type: 'string', maxLength: 100, description: idSays },
    },
    required: ['event', 'data'],
  };
}

/** The document describes the server: what clients send, it receives. */
function clientOperation(event: ClientEvent): Json {
  const { does, answers } = clientEvents[event];
  const { role, airRole } = eventRoles[event];
  const answer = answerEventOf(event);
  const replies: ServerEvent[] = ['ack', 'event_error', ...(answer ? [answer] : [])];
  return {
    action: 'receive',
    channel: { $ref: '#/channels/desk' },
    summary: does,
    description: `Answered with ${answers}.`,
    messages: [ref('channels/desk/messages', clientKey(event))],
    reply: {
      channel: { $ref: '#/channels/desk' },
      messages: replies.map((name) => ref('channels/desk/messages', serverKey(name))),
    },
    'x-role': role,
    'x-role-on-air': airRole,
  };
}

function serverOperation(event: ServerEvent): Json {
  return {
    action: 'send',
    channel: { $ref: '#/channels/desk' },
    summary: serverEvents[event].says,
    messages: [ref('channels/desk/messages', serverKey(event))],
  };
}

/** A schema in the document's dialect (JSON Schema draft 7); what has a name goes among `schemas`. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const {
    $schema: _,
    definitions,
    ...own
  } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    unrepresentable: 'any',
    metadata: new Names(),
    // Programs of today must bear what a later server adds.
    override: ({ jsonSchema }) => {
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
      const { says, description } = jsonSchema;
      delete jsonSchema['says'];
      if (typeof says === 'string') jsonSchema.description = [description, says].filter(Boolean).join(': ');
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }) as Json;
  for (const [id, definition] of Object.entries((definitions ?? {}) as Json)) {
    schemas[id] = withHoistedRefs(definition);
  }
  return withHoistedRefs(own) as Json;
}

function withHoistedRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withHoistedRefs);
  if (typeof value !== 'object' || value === null) return value;
  // A schema's own `id`, that is; a property called id is an object.
  const entries = Object.entries(value).filter(([key, inner]) => key !== 'id' || typeof inner !== 'string');
  return Object.fromEntries(
    entries.map(([key, inner]) =>
      key === '$ref' && typeof inner === 'string'
        ? [key, inner.replace('#/definitions/', '#/components/schemas/')]
        : [key, withHoistedRefs(inner)],
    ),
  );
}
