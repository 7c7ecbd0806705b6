import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNumberPlan } from '../../numbers/number-plan.ts';
import { openDatabase } from '../../storage/database.ts';
import { openStores, type Stores } from '../../storage/stores.ts';
import { createCallRecords } from './calls.ts';
import { createContactRecords, type ContactRecords } from './contacts.ts';
import { createErasure, type Erasure } from './erasure.ts';
import { RecordRoom } from './testing/record-room.ts';

const NOW = 1_700_000_000_000;
let stores: Stores;
let room: RecordRoom;
let contacts: ContactRecords;
let erasure: Erasure;
/** Between two steps of an erasure. */
let pause: Promise<void>;
/** Between two steps of an export. */
let betweenSteps: () => Promise<void>;
let cards: string[];
let forgotten: string[];
let close: () => void;

beforeEach(() => {
  const opened = openDatabase(':memory:');
  if (!opened.ok) throw new Error(opened.problem);
  close = () => opened.database.close();
  stores = openStores(opened.database, {
    numbers: createNumberPlan(() => 'GM'),
    audioFolder: '/nowhere',
    onProblem: (problem) => {
      throw problem;
    },
  });
  cards = [];
  forgotten = [];
  pause = Promise.resolve();
  betweenSteps = () => Promise.resolve();
  const clock = { now: () => NOW };
  room = new RecordRoom((broadcaster) => {
    const calls = createCallRecords({ history: stores.calls, broadcaster, clock, noteTags: () => undefined });
    erasure = createErasure({
      addressBook: stores.contacts,
      broadcaster,
      sources: [calls],
      erasures: stores.erasures,
      pause: () => pause,
      forget: (id) => forgotten.push(id),
    });
    contacts = createContactRecords({
      addressBook: stores.contacts,
      broadcaster,
      clock,
      sources: [calls],
      noteCard: ({ id, name }) => cards.push(`${id} ${name}`),
      erasure,
      pause: () => betweenSteps(),
    });
    return [calls, contacts];
  });
});
afterEach(() => close());

function call(id: string, number: string, openedAt: number, name: string | null = null): void {
  stores.calls.save({
    id,
    type: 'call',
    openedAt,
    channelId: 'studio-1',
    lineId: 'studio',
    direction: 'in',
    number,
    name,
    answeredAt: openedAt,
    endedAt: openedAt + 60_000,
    point: null,
    screening: null,
    seenAt: openedAt,
    cause: 'normal',
    modes: [],
    onAirMs: 30_000,
    onAirSince: null,
    recordings: [],
    quality: null,
    tags: [],
  });
}
function suggestions(text: string): (string | null)[] {
  expect(room.send('addrBookSuggestions', text)).toEqual([]);
  const { to, data } = room.only('addrBookSuggestions');
  expect(to).toBe('self');
  return data.map(({ name }) => name);
}
function save(number: string, card: object): void {
  expect(room.send('contacts:save', { [number]: card })).toEqual([]);
}

test('a card is made under the number in E.164, and changed by what is given of it', () => {
  save('7000001', { name: 'Awa', properties: { age: 41, topic: 'rice' }, tags: ['Regular', 'regular'] });
  expect(room.only('contacts:update')).toMatchObject({
    to: 'all',
    data: {
      '+2207000001': {
        contact_id: '+2207000001',
        number: '+2207000001',
        name: 'Awa',
        location: null,
        properties: { age: 41, topic: 'rice' },
        tags: ['Regular'],
        blocked: false,
        first_contact: null,
        calls: 0,
      },
    },
  });
  save('+220 700 00 01', { location: 'Banjul', properties: { topic: null } });
  expect(room.only('contacts:update').data).toMatchObject({
    '+2207000001': { name: 'Awa', location: 'Banjul', properties: { age: 41 }, tags: ['Regular'] },
  });
  expect(cards).toEqual(['+2207000001 Awa', '+2207000001 Awa']);
});

test('what changes nothing is told to nobody', () => {
  save('7000001', { name: 'Awa' });
  save('7000001', { name: 'Awa', properties: {}, blocked: false });
  expect(room.broadcaster.sent).toEqual([]);
});

test('calls and texts add themselves up, and a name that came with a call is kept', () => {
  call('c1', '+2207000001', NOW, 'Awa of the network');
  call('c2', '7000001', NOW + 5_000);
  call('c2', '7000001', NOW + 5_000);
  stores.contacts.noteText('7000001', NOW + 9_000);
  expect(stores.contacts.find('+2207000001')).toMatchObject({
    name: 'Awa of the network',
    calls: 2,
    texts: 1,
    onAirMs: 60_000,
    firstAt: NOW,
    lastAt: NOW + 9_000,
    lastCallAt: NOW + 5_000,
  });
});

test('suggestions: how a name begins, then a word of it, then the last in contact', () => {
  save('7000001', { name: 'Awa Jallow' });
  save('7000002', { name: 'Fatou Awa' });
  save('7000003', { name: 'Awadi' });
  save('7000004', { name: 'Jawara', location: 'Awa street' });
  call('c1', '7000001', NOW + 1_000);
  expect(suggestions('AW')).toEqual(['Awa Jallow', 'Awadi', 'Fatou Awa']);
  expect(suggestions('awa j')).toEqual(['Awa Jallow']);
  expect(suggestions('jal aw')).toEqual(['Awa Jallow']);
  expect(suggestions('jallow')).toEqual(['Awa Jallow']);
  expect(suggestions('llow')).toEqual([]);
  expect(suggestions('')).toEqual([]);
  expect(suggestions('"*')).toEqual([]);
});

test('suggestions by digits: from abroad, at home, the last ones, any run of them', () => {
  save('+2207004321', { name: 'Awa' });
  for (const digits of ['+220700', '00220700', '7004321', '700 43', '4321', '0432']) {
    expect([digits, suggestions(digits)]).toEqual([digits, ['Awa']]);
  }
  expect(suggestions('99')).toEqual([]);
});

test('at most ten are suggested', () => {
  for (let index = 0; index < 15; index += 1) save(`70000${10 + index}`, { name: `Awa ${index}` });
  expect(suggestions('awa')).toHaveLength(10);
});

test('people are listed, the last contact first, by tags, words, ids and whether they are blocked', () => {
  save('7000001', { name: 'Awa', tags: ['Regular'], notes: 'talks about rice' });
  save('7000002', { name: 'Binta', blocked: true });
  save('7000003', { name: 'Cherno' });
  call('c1', '7000001', NOW + 10_000);
  const names = (filter: object): (string | null)[] => {
    room.send('contacts:fetch', filter);
    return room.only('contacts:list').data.contacts.map(({ name }) => name);
  };
  expect(names({})).toEqual(['Awa', 'Cherno', 'Binta']);
  expect(names({ tags: ['regular'] })).toEqual(['Awa']);
  expect(names({ search: 'rice' })).toEqual(['Awa']);
  expect(names({ ids: ['7000002', '+2207000003'] })).toEqual(['Cherno', 'Binta']);
  expect(names({ blocked: true })).toEqual(['Binta']);
  expect(names({ blocked: false })).toEqual(['Awa', 'Cherno']);
});

test('a card is deleted, the calls stay', () => {
  save('7000001', { name: 'Awa' });
  call('c1', '7000001', NOW);
  expect(room.send('contacts:delete', ['7000001'])).toEqual([]);
  expect(room.only('contacts:update').data).toEqual({ '+2207000001': null });
  expect(stores.calls.find('c1')).not.toBeNull();
  expect(room.send('contacts:delete', ['7000001'])).toMatchObject([{ code: 'unknown_contact' }]);
});

test('everything about a person is one document, whatever spelling of the number the calls have', () => {
  save('7000001', { name: 'Awa' });
  call('c1', '7000001', NOW);
  call('c2', '+2207000001', NOW + 1_000);
  call('other', '7000002', NOW);
  expect(room.send('contacts:export', ['7000001'])).toEqual([]);
  const { to, data } = room.only('contacts:exported');
  expect(to).toBe('self');
  expect(data).toMatchObject({
    '+2207000001': { exported: NOW, person: { name: 'Awa', calls: 2 }, calls: [{ id: 'c2' }, { id: 'c1' }] },
  });
  expect(room.send('contacts:export', ['7000009'])).toMatchObject([{ code: 'unknown_contact' }]);
});

test('who has much is exported in steps, as one document that answers the event', async () => {
  for (let number = 0; number < 1_000; number += 1) call(`c${number}`, '7000001', NOW + number);
  let steps = 0;
  let goOn = (): void => undefined;
  betweenSteps = () => {
    steps += 1;
    return steps > 1 ? Promise.resolve() : new Promise((resolve) => (goOn = resolve));
  };
  expect(room.send('contacts:export', ['7000001'])).toEqual([]);
  const unfinished = room.unfinished();
  expect(room.broadcaster.sent).toEqual([]);
  // Others come in between.
  save('7000002', { name: 'Fatou' });
  expect(stores.contacts.find('+2207000002')).not.toBeNull();
  room.broadcaster.clear();
  goOn();
  await unfinished;
  expect(steps).toBeGreaterThan(5);
  const { to, data } = room.only('contacts:exported');
  expect(to).toBe('self');
  const { calls, messages, questions, person } = data['+2207000001'] ?? {};
  expect(calls?.map(({ id }) => id)).toEqual(Array.from({ length: 1_000 }, (_, at) => `c${999 - at}`));
  expect([messages, questions, person?.calls]).toEqual([[], [], 1_000]);
});

test('several people are exported together, each with what is theirs', () => {
  save('7000001', { name: 'Awa' });
  call('c1', '7000002', NOW);
  expect(room.send('contacts:export', ['7000001', '7000002', '7000003'])).toMatchObject([
    { code: 'unknown_contact', key: '7000003' },
  ]);
  const { data } = room.only('contacts:exported');
  expect(data['+2207000001']).toMatchObject({ person: { name: 'Awa' }, calls: [] });
  expect(data['+2207000002']).toMatchObject({ person: { calls: 1 }, calls: [{ id: 'c1' }] });
  expect(Object.keys(data)).toHaveLength(2);
  expect(room.broadcaster.sent.map(({ frame }) => frame.id)).toEqual(['e1']);
});

test('erasing takes the card and the calls away, and what else holds the number', () => {
  save('7000001', { name: 'Awa' });
  call('c1', '7000001', NOW);
  call('other', '7000002', NOW);
  expect(room.send('contacts:erase', ['7000001'])).toEqual([]);
  expect(room.only('contacts:update').data).toEqual({ '+2207000001': null });
  expect(room.only('calls:update').data).toEqual({ c1: null });
  expect(stores.calls.find('c1')).toBeNull();
  expect(stores.calls.find('other')).not.toBeNull();
  expect(forgotten).toEqual(['+2207000001']);
  expect(suggestions('7000001')).toEqual([]);
  expect(room.send('contacts:erase', ['7000001'])).toMatchObject([{ code: 'unknown_contact' }]);
});

test('somebody with many records is erased in steps; it is done when all is gone, and asked for twice it is one', async () => {
  save('7000001', { name: 'Awa' });
  for (let number = 0; number < 120; number += 1) call(`c${number}`, '7000001', NOW + number);
  let goOn = (): void => undefined;
  pause = new Promise((resolve) => (goOn = resolve));
  expect(room.send('contacts:erase', ['7000001'])).toEqual([]);
  const unfinished = room.unfinished();
  expect(unfinished).not.toBeNull();
  expect(stores.erasures.begun()).toEqual(['+2207000001']);
  expect(stores.calls.ofPerson('+2207000001', 500)).toHaveLength(70);
  expect(room.send('contacts:erase', ['7000001'])).toEqual([]);
  const again = room.unfinished();
  goOn();
  await Promise.all([unfinished, again]);
  expect(stores.calls.ofPerson('+2207000001', 500)).toEqual([]);
  expect(stores.erasures.begun()).toEqual([]);
  expect(forgotten).toContain('+2207000001');
  const told = room.broadcaster.sent.flatMap(({ frame }) =>
    frame.event === 'calls:update' ? Object.keys(frame.data) : [],
  );
  // The first fifty were told before the second event was sent.
  expect(told).toHaveLength(70);
});

test('an erasure that a crash has interrupted goes on at the next start', async () => {
  for (let number = 0; number < 120; number += 1) call(`c${number}`, '7000001', NOW + number);
  stores.erasures.begin('+2207000001');
  await erasure.resume();
  expect(stores.calls.ofPerson('+2207000001', 500)).toEqual([]);
  expect(stores.contacts.find('+2207000001')).toBeNull();
  expect(stores.erasures.begun()).toEqual([]);
});

test('an erasure that cannot go on is not said to be done, and is not forgotten', async () => {
  for (let number = 0; number < 120; number += 1) call(`c${number}`, '7000001', NOW + number);
  pause = Promise.reject(new Error('disk full'));
  room.send('contacts:erase', ['7000001']);
  await expect(room.unfinished()).rejects.toThrow('disk full');
  expect(stores.erasures.begun()).toEqual(['+2207000001']);
});

test('a card that the live desk has kept is told to everybody, with all that is known of the person', () => {
  save('7000001', { name: 'Awa', tags: ['Regular'] });
  room.broadcaster.clear();
  contacts.tellOf('7000001');
  expect(room.only('contacts:update')).toMatchObject({
    to: 'all',
    data: { '+2207000001': { name: 'Awa', tags: ['Regular'] } },
  });
});

test('whoever is calling just now is not erased, and nothing of them', () => {
  save('7000001', { name: 'Awa' });
  call('c1', '7000001', NOW);
  const record = stores.calls.find('c1');
  if (record) stores.calls.save({ ...record, endedAt: null });
  expect(room.send('contacts:erase', ['7000001'])).toMatchObject([{ key: '7000001', code: 'call_is_up' }]);
  expect(stores.contacts.find('+2207000001')).not.toBeNull();
});
