/**
 * Events of every kind in the table, made of their schemas: right ones with ids that exist, ones that are right by schema
 * only, and broken ones. What is added to the protocol is played without a change here. Seeded by the Random given.
 */
import { clientDataSchema, clientEvents, jsonSchemaOf, type ClientEvent } from '@openline/protocol';
import type { Random } from './random.ts';

type Schema = { readonly [name: string]: unknown };

/** Ids that are there, by what names them in the schemas. */
export type KnownIds = Readonly<Record<IdKind, readonly string[]>>;
export const idKinds = ['channel', 'user', 'message', 'question', 'call', 'bucket', 'contact'] as const;
type IdKind = (typeof idKinds)[number];

export interface SentEvent {
  event: ClientEvent;
  data: unknown;
}

const WORDS = ['Vote', 'SONG', 'Šime', 'naïve', '😀👍🏽', 'a', '', ' ', '\u0000', '\ud800', 'x'.repeat(60)];
const WRONG: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  -0,
  2 ** 53 + 2,
  '',
  '\u0000',
  '\ud83d',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  "'; DROP TABLE calls; --",
  'x'.repeat(5_000),
  [],
  {},
  [[[[]]]],
  { __proto__: null, toString: 1 },
  JSON.parse('{"__proto__": {"isAdmin": true}}'),
  [null],
  { '': null },
];

const schemas = new Map<ClientEvent, Schema>(
  (Object.keys(clientEvents) as ClientEvent[]).map((event) => [
    event,
    jsonSchemaOf(clientDataSchema(event), 'input') as Schema,
  ]),
);
const allEvents: readonly ClientEvent[] = [...schemas.keys()];
/** As busy operators send them: calls are moved more often than anything. */
export const busyEvents: readonly ClientEvent[] = [
  ...allEvents,
  ...Array.from({ length: 15 }, (): ClientEvent => 'channelMode'),
  ...Array.from({ length: 4 }, (): ClientEvent => 'channelContactInfo'),
  ...Array.from({ length: 2 }, (): ClientEvent => 'callNumber'),
];

export class RandomEvents {
  readonly #random: Random;
  readonly #known: () => KnownIds;

  constructor(random: Random, known: () => KnownIds) {
    this.#random = random;
    this.#known = known;
  }

  /** Right by its schema; ids mostly of things that are there. */
  valid(event = this.#random.pick(allEvents) ?? 'noop'): SentEvent {
    return {
      event,
      data: this.#value(schemas.get(event) ?? {}, idKindOf(clientEvents[event].keyedBy ?? '')),
    };
  }

  /** A right one with something in it that is not. */
  broken(event = this.#random.pick(allEvents) ?? 'noop'): SentEvent {
    return { event, data: this.#spoil(this.valid(event).data) };
  }

  #value(schema: Schema, keyKind: IdKind | null): unknown {
    const random = this.#random;
    if ('const' in schema) return schema['const'];
    const choices = (schema['anyOf'] ?? schema['oneOf'] ?? schema['enum']) as readonly unknown[] | undefined;
    if (schema['enum']) return random.pick(choices ?? []);
    const said = this.#said(descriptionOf(schema), keyKind);
    if (said !== undefined) return said;
    if (choices) return this.#value((random.pick(choices) ?? {}) as Schema, keyKind);
    switch (schema['type']) {
      case 'string':
        return this.#text(Number(schema['maxLength'] ?? 40));
      case 'number':
      case 'integer':
        return this.#number(schema);
      case 'boolean':
        return random.chance(0.5);
      case 'array':
        return Array.from({ length: random.below(4) }, () => this.#value(schema['items'] as Schema, keyKind));
      case 'object':
        return this.#object(schema, keyKind);
      default:
        return random.pick([null, 1, 'ping', { a: [1] }]);
    }
  }

  /** Where the schema says in words what kind of id or word it is. */
  #said(says: string, keyKind: IdKind | null): unknown {
    const random = this.#random;
    const isMode = says.startsWith("'master'");
    if (isMode && random.chance(0.8)) {
      const modes = ['master', 'ivr', 'on_hold', ...(says.includes("'free'") ? ['free'] : [])];
      return random.chance(0.7) ? random.pick(modes) : this.#id('user');
    }
    if (says === 'number to dial')
      return random.pick(['+2207000001', '2207', 2207000002, 'sip:a@b', 'abc', '+']);
    if (says === 'prompt id') return random.pick(['welcome', 'tonight']);
    if (says === 'tag') return random.pick(['favorite', 'Vote', 'vote', 'SONG', 'Šime', '  x  ']);
    if (says === 'cursor')
      return random.chance(0.5) ? null : random.pick(['', '1.a', 'e30', 'x'.repeat(300)]);
    if (says === 'id') return this.#id(keyKind);
    const kind = idKindOf(says);
    return kind === null ? undefined : this.#id(kind);
  }

  #object(schema: Schema, keyKind: IdKind | null): unknown {
    const random = this.#random;
    const result: Record<string, unknown> = {};
    const required = (schema['required'] ?? []) as readonly string[];
    for (const [name, each] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
      const kind = name === 'bucket_ids' ? 'bucket' : keyKind;
      if (required.includes(name) || random.chance(0.4)) result[name] = this.#value(each, kind);
    }
    const further = schema['additionalProperties'];
    if (typeof further !== 'object' || further === null) return result;
    const named = idKindOf(descriptionOf((schema['propertyNames'] ?? {}) as Schema));
    for (let count = 1 + random.below(3); count > 0; count -= 1) {
      const key = named === null ? this.#text(40) || 'key' : this.#id(named);
      if (key !== '__proto__') result[String(key)] = this.#value(further as Schema, null);
    }
    return result;
  }

  #id(kind: IdKind | null): string {
    const random = this.#random;
    const known = kind === null ? [] : this.#known()[kind];
    if (known.length > 0 && random.chance(0.85)) return random.pick(known) ?? '';
    return random.pick(['nobody', '7', '+2207000001', 'studio-1', `t${random.below(1e9)}`]) ?? '';
  }

  #text(most: number): string {
    const random = this.#random;
    const count = 1 + random.below(6);
    const words = Array.from({ length: count }, () => random.pick(WORDS)).join(random.pick([' ', '', '\n']));
    return (words || 'a').slice(0, most);
  }

  #number(schema: Schema): number {
    const low = Number(schema['minimum'] ?? 0);
    const high = Math.min(Number(schema['maximum'] ?? 2e12), 2e12);
    const value = low + this.#random.next() * (high - low);
    return schema['type'] === 'integer' ? Math.floor(value) : value;
  }

  /** One part of it, at any depth, put wrong. */
  #spoil(value: unknown): unknown {
    const random = this.#random;
    if (typeof value !== 'object' || value === null || random.chance(0.25)) return random.pick(WRONG);
    const copy: unknown = structuredClone(value);
    if (Array.isArray(copy)) {
      const at = random.below(copy.length + 1);
      copy[at] = this.#spoil(copy[at]);
      return copy;
    }
    const keys = Object.keys(copy as object);
    const key = random.pick(keys);
    const roll = random.next();
    if (key === undefined || roll < 0.15)
      Reflect.set(copy as object, `k${random.below(100)}`, random.pick(WRONG));
    else if (roll < 0.3) Reflect.deleteProperty(copy as object, key);
    else Reflect.set(copy as object, key, this.#spoil(Reflect.get(copy as object, key)));
    return copy;
  }
}

function descriptionOf({ description }: Schema): string {
  return typeof description === 'string' ? description : '';
}

/** `message_id`, `message id`, `channel id`: which kind of thing is named. */
function idKindOf(name: string): IdKind | null {
  return idKinds.find((kind) => name === `${kind}_id` || name === `${kind} id`) ?? null;
}
