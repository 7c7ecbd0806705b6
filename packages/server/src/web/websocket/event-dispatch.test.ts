import { clientEvents, eventRoles, mayDo, roles, type ClientEvent, type Role } from '@openline/protocol';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { openRecords, type Records } from '../../desk/records/records.ts';
import { createFakeDesk } from '../testing/fake-desk.ts';
import { ClientConnection } from './client-connection.ts';
import { dispatchText } from './event-dispatch.ts';

/** As much of a socket as a connection uses. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  isTerminated = false;
  readonly sent: { event: string; data: { code?: string }; id?: string }[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  terminate(): void {
    this.isTerminated = true;
  }
}

function connect(role: Role, records: Records = openRecords([])) {
  const socket = new FakeSocket();
  const wire = new PassThrough();
  const client = new ClientConnection({
    id: 'c1',
    user: { id: 'anna', name: 'Anna', role },
    whoIsIt: () => null,
    socket: socket as unknown as WebSocket,
    wire,
    now: 0,
  });
  const desk = createFakeDesk();
  const send = (frame: unknown) =>
    dispatchText(JSON.stringify(frame), client, {
      desk,
      records,
      now: () => 0,
      log: { error: () => undefined },
      onSubscribe: () => undefined,
      onDone: () => undefined,
    });
  return { socket, wire, client, desk, send };
}

const everyPair = (Object.keys(clientEvents) as ClientEvent[]).flatMap((event) =>
  roles.map((role) => ({ event, role })),
);

test.each(everyPair)(
  '$role sends $event: let through only if the table of roles says so',
  ({ event, role }) => {
    const { socket, desk, send } = connect(role);
    send({ event, data: null });
    const isForbidden = socket.sent.some(({ data }) => data?.code === 'forbidden');
    expect(isForbidden).toBe(!mayDo(role, event));
    expect(isForbidden && desk.done.length > 0).toBe(false);
  },
);

test('every event has its role', () => {
  expect(Object.keys(eventRoles).toSorted()).toEqual(Object.keys(clientEvents).toSorted());
});

test('an error that comes with an event carries its own id, or none: never that of the event it crosses', () => {
  const { socket, client, desk, send } = connect('producer');
  const late = { event: 'channelMode', code: 'user_did_not_answer', msg: 'Ben did not pick up.' };
  desk.act = () => {
    client.send({ event: 'event_error', data: late });
    client.send({ event: 'event_error', data: late, id: '1' });
    return null;
  };
  send({ event: 'channelMode', data: { 'studio-1': 'master' }, id: '2' });
  expect(socket.sent.map(({ event, id }) => [event, id])).toEqual([
    ['event_error', undefined],
    ['event_error', '1'],
    ['ack', '2'],
  ]);
});

test.each([true, false])('what goes on in steps is acked when it is done (well: %s)', async (isWell) => {
  let end = (): void => undefined;
  const going = new Promise<void>((resolve, reject) => {
    end = () => (isWell ? resolve() : reject(new Error('disk full')));
  });
  const { socket, send } = connect('administrator', { act: () => [], unfinished: () => going });
  send({ event: 'contacts:erase', data: ['1'], id: '5' });
  await Promise.resolve();
  expect(socket.sent).toEqual([]);
  end();
  await going.catch(() => undefined);
  await Promise.resolve();
  expect(socket.sent.at(-1)).toMatchObject({ event: 'ack', id: '5', data: { ok: isWell } });
});

test('the desk is told the id of the event, so that what fails later can be matched', () => {
  const { desk, send } = connect('producer');
  send({ event: 'channelMode', data: { 'studio-1': 'master' }, id: '7' });
  send({ event: 'channelMode', data: { 'studio-1': 'free' } });
  expect(desk.done.map(({ by }) => by.eventId)).toEqual(['7', null]);
});

test('a client whose queue is full is cut, not waited for; meters are left out before that', () => {
  const { socket, wire, client } = connect('viewer');
  const [meters, update] = [Buffer.from('meters'), Buffer.from('update')];
  const written = () => String(wire.read() ?? '');
  socket.bufferedAmount = 100_000;
  client.sendMeters(meters);
  client.flush();
  expect(written()).toBe('');
  client.sendFrame(update);
  client.flush();
  expect(written()).toBe('update');
  socket.bufferedAmount = 10_000_000;
  client.sendFrame(update);
  client.flush();
  expect(written()).toBe('');
  expect(socket.isTerminated).toBe(true);
});

test('what several are sent is held back until the flush, and goes out in order', () => {
  const { wire, client } = connect('viewer');
  client.sendFrame(Buffer.from('one '));
  client.sendFrame(Buffer.from('two'));
  expect(wire.read()).toBeNull();
  client.flush();
  expect(String(wire.read())).toBe('one two');
});
