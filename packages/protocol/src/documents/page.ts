// The protocol as a page to read, of schemas, roles, codes, guide and examples; a list of blocks, which
// scripts/generate-docs.ts writes as Markdown and the server as HTML.
import type { z } from 'zod';
import { clientDataSchema, clientEvents, isClientEvent } from '../client-events.ts';
import type { ClientEvent } from '../client-events.ts';
import { errorSentences } from '../error-codes.ts';
import { callSchema, messageSchema, personSchema, questionSchema } from '../records.ts';
import { eventRoles, roles } from '../roles.ts';
import { isServerEvent, serverEvents } from '../server-events.ts';
import { initializeSchema } from '../state.ts';
import { examples } from './examples.ts';
import { guide } from './guide.ts';
import { shapeOf } from './shape.ts';

/** In texts and cells, backticks are code. */
export type Block =
  | { kind: 'title'; text: string }
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string }
  /** `of` given: each row can be pointed at, by that and its first cell. */
  | { kind: 'table'; head: readonly string[]; rows: readonly (readonly string[])[]; of?: string }
  | { kind: 'code'; text: string };

export const clientEventNames: readonly ClientEvent[] = Object.keys(clientEvents).filter((name) =>
  isClientEvent(name),
);

export function protocolPage(): Block[] {
  return [
    { kind: 'title', text: 'The client protocol' },
    ...guide.flatMap(({ title, paragraphs, code: program }): Block[] => [
      heading(title),
      ...paragraphs.map((text): Block => ({ kind: 'text', text })),
      ...(program === undefined ? [] : [{ kind: 'code', text: program } as const]),
    ]),
    heading('Events from clients'),
    {
      kind: 'table',
      of: 'client',
      head: ['event', 'data', 'does', 'answers'],
      rows: clientEventNames.map((name) => {
        const { does, answers } = clientEvents[name];
        return [code(name), code(shapeOf(clientDataSchema(name), 'input')), does, answers];
      }),
    },
    heading('Examples'),
    { kind: 'text', text: 'One frame of every event, without an `id`.' },
    {
      kind: 'code',
      text: clientEventNames.map((event) => JSON.stringify({ event, data: examples[event] })).join('\n'),
    },
    heading('Who may send what'),
    {
      kind: 'text',
      text:
        `From least to most: ${roles.join(', ')}; each may all that the former may. The last column: where the event ` +
        'puts something on air, or changes what is on air.',
    },
    {
      kind: 'table',
      head: ['event', 'role', 'on air'],
      rows: clientEventNames.map((name) => [code(name), eventRoles[name].role, eventRoles[name].airRole]),
    },
    heading('Events from the server'),
    {
      kind: 'table',
      of: 'server',
      head: ['event', 'to', 'data', 'says'],
      rows: Object.keys(serverEvents)
        .filter((name) => isServerEvent(name))
        .map((name) => {
          const { audience, data, says } = serverEvents[name];
          const shape = name === 'initialize' ? 'the state, below' : code(shapeOf(data, 'output'));
          return [code(name), audience, shape, says];
        }),
    },
    heading('The state'),
    { kind: 'text', text: 'What `initialize` carries; every later event is a delta to it.' },
    ...Object.entries(initializeSchema.shape).flatMap(([name, schema]): Block[] => [
      { kind: 'text', text: code(name) },
      shapeBlock(schema),
    ]),
    ...stored('A text', 'In `messages:list` and `messages:update`.', messageSchema),
    ...stored('A question', 'In `questions:list` and `questions:update`.', questionSchema),
    ...stored('A call', 'An entry of the history, in `calls:list` and `calls:update`.', callSchema),
    ...stored('A person', 'In `contacts:list` and `contacts:update`.', personSchema),
  ];
}

export function errorsPage(): Block[] {
  return [
    { kind: 'title', text: 'Error codes' },
    {
      kind: 'text',
      text: 'The code is for programs, the sentence is for the producer; words in braces are filled in.',
    },
    {
      kind: 'table',
      of: 'code',
      head: ['code', 'sentence'],
      rows: Object.entries(errorSentences).map(([name, sentence]) => [code(name), sentence]),
    },
  ];
}

function stored(title: string, text: string, schema: z.ZodType): Block[] {
  return [heading(title), { kind: 'text', text }, shapeBlock(schema)];
}

function heading(text: string): Block {
  return { kind: 'heading', text };
}

function shapeBlock(schema: z.ZodType): Block {
  return { kind: 'code', text: shapeOf(schema, 'output', 0) };
}

function code(text: string): string {
  return `\`${text}\``;
}
