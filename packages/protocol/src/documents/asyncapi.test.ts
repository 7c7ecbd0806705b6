import specification from '@asyncapi/specs/schemas/3.0.0.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parseEvent } from '../actions.ts';
import { clientEvents } from '../client-events.ts';
import { serverEvents } from '../server-events.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { examples } from './examples.ts';
import { clientEventNames, errorsPage, protocolPage } from './page.ts';

const document = asyncApiDocument('1.2.3') as {
  components: {
    messages: Record<string, { name: string; payload: object; examples?: { payload: unknown }[] }>;
  };
};
const messages = Object.entries(document.components.messages);

test('the document is one by the schema of AsyncAPI 3.0.0', () => {
  // The specification's schema carries draft 7 along, which would meet Ajv's own.
  const ajv = new Ajv({ meta: false, validateSchema: false, strict: false, validateFormats: false });
  const validate = ajv.compile(specification);
  const isValid = validate(document);
  expect(validate.errors ?? []).toEqual([]);
  expect(isValid).toBe(true);
  expect(validate({ ...document, channels: 5 })).toBe(false);
});

test('every reference leads somewhere', () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(refs.length).toBeGreaterThan(100);
  for (const path of new Set(refs)) {
    const target = path.split('/').reduce<unknown>((at, key) => Reflect.get(Object(at), key), document);
    expect(target, path).toBeDefined();
  }
});

test('it has every event of both sides, once', () => {
  const names = (side: string) =>
    messages.filter(([key]) => key.startsWith(side)).map(([, { name }]) => name);
  expect(names('client.')).toEqual(Object.keys(clientEvents));
  expect(names('server.')).toEqual(Object.keys(serverEvents));
});

test.each(clientEventNames)(
  'the example of %s is taken by the server and fits the published schema',
  (event) => {
    const parsed = parseEvent(event, examples[event]);
    expect(parsed.refusals).toEqual([]);
    expect(event === 'noop' || parsed.actions.length > 0).toBe(true);
    const [, message] = messages.find(([key]) => key === `client.${event.replace(':', '.')}`) ?? [];
    const ajv = new Ajv({ strict: false });
    const validate = ajv.compile({ ...message?.payload, components: document.components });
    expect(validate({ event, data: examples[event] }), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ event: 'another', data: examples[event] })).toBe(false);
  },
);

test('the page to read names every event and every code', () => {
  const text = JSON.stringify([...protocolPage(), ...errorsPage()]);
  for (const name of [...Object.keys(clientEvents), ...Object.keys(serverEvents)]) {
    expect(text).toContain(`\`${name}\``);
  }
});
