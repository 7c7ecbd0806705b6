// The contract: every event that the page of the original system names, and every one of ours, works for real, refuses
// bad data, and is refused to who may not send it. The list is the page's own, so that none can be forgotten.
import { clientEvents, examples, isClientEvent, isServerEvent, serverEvents } from '@openline/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seedEvents as readSeedEvents } from '../../packages/protocol/src/testing/seed-events.ts';
import { connectConsole, type DeskConsole, type Json } from './harness/desk-console.ts';
import { channelRows } from './every-event/channel-rows.ts';
import { ourRows } from './every-event/our-rows.ts';
import { recordRows } from './every-event/record-rows.ts';
import { studioRows } from './every-event/studio-rows.ts';
import { Stage } from './every-event/stage.ts';

const seedEvents = readSeedEvents();
const seedRows = { ...channelRows, ...studioRows, ...recordRows };
const rows = { ...seedRows, ...ourRows };
/** What tells everybody of a change. */
const tells = /Update$|Change$|:update$|^channelContactInfo$/;

describe('every event', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.close());

  it('of the original system, forty-one of them, is there: the table has a row for each and no other', () => {
    expect(seedEvents).toHaveLength(41);
    expect(Object.keys(seedRows).toSorted()).toEqual(seedEvents.toSorted());
  });

  it('and ours have a row each as well', () => {
    // The second spelling of one of the original's events is shown with the first.
    const ours = Object.keys(clientEvents).filter(
      (event) => !seedEvents.includes(event) && event !== 'messages:removeTags',
    );
    expect(Object.keys(ourRows).toSorted()).toEqual(ours.toSorted());
  });

  describe.each([...seedEvents, ...Object.keys(ourRows)])('%s', (event) => {
    const row = rows[event];

    it('works', async () => {
      expect(row, 'a row in the table').toBeDefined();
      await row?.succeeds(stage);
    });

    it('refuses bad data, and nothing changes', async () => {
      expect(row?.bad.length).toBeGreaterThan(0);
      if (row?.bad === 'too large') return refusesOversized(event);
      for (const data of row?.bad ?? []) await refuses(event, data);
    });

    it('is refused to who may not', async () => {
      expect(row?.mayNot).toBeDefined();
      const example = isClientEvent(event) ? examples[event] : null;
      if (row?.mayNot === 'stranger') return refusesStrangersOnly(event, example);
      return refusesRole(row?.mayNot === 'viewer' ? stage.witness : stage.screener, event, example);
    });
  });

  it('of the server that was seen meanwhile has the published form, and says nothing that is not published', () => {
    const frames = [stage.producer, stage.screener, stage.witness].flatMap((client) => client.frames);
    const seen = new Set(frames.map(({ event }) => event));
    for (const { event, data } of frames) {
      const schema = isServerEvent(event) ? serverEvents[event].data : null;
      const parsed = schema?.safeParse(data);
      expect(parsed?.error?.issues ?? [], `${event} ${JSON.stringify(data)}`.slice(0, 600)).toEqual([]);
      // What the schema does not know is left out of what it yields.
      expect(parsed?.data, event).toEqual(data);
    }
    // The station's candidates are in its answers, but for those that a STUN server tells late. No line goes down here, nobody
    // changes the settings, and there is an alarm only where the machine is overloaded.
    const isRare = (event: string) =>
      ['headset:candidate', 'lineUpdate', 'outputUpdate', 'stationUpdate', 'alarm'].includes(event);
    expect(Object.keys(serverEvents).filter((event) => !seen.has(event) && !isRare(event))).toEqual([]);
  });

  async function refusesStrangersOnly(event: string, data: unknown): Promise<void> {
    await expect(connectConsole(`ws://127.0.0.1:${stage.product.httpPort}/ws`)).rejects.toThrow('refused');
    expect(await stage.witness.emit(event, data)).toMatchObject({ ok: true });
  }

  async function refusesRole(client: DeskConsole, event: string, data: unknown): Promise<void> {
    const since = client.frames.length;
    expect(await client.emit(event, data)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(toldSince(client, since, event)).toEqual([]);
  }

  async function refuses(event: string, data: unknown): Promise<void> {
    const { producer, witness } = stage;
    const [own, seen] = [producer.frames.length, witness.frames.length];
    const ack = await producer.emit(event, data);
    expect(ack, JSON.stringify(data)).toMatchObject({ ok: false });
    const errors = producer.frames.slice(own).filter((frame) => frame.event === 'event_error');
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]?.data).toMatchObject({ event, code: ack.error.code });
    expect(errors[0]?.data.msg).toMatch(/^.{8,}\.$/);
    // What the witness is told is sent before the ack; a ping of its own comes after that.
    await witness.emit('ping', null);
    expect(toldSince(witness, seen, event)).toEqual([]);
  }

  /** The changes that a client was told of, and that may come of this event. */
  function toldSince(client: DeskConsole, since: number, sent: string) {
    return client.frames.slice(since).filter((frame) => tells.test(frame.event) && !isAside(frame, sent));
  }

  /**
   * What goes on by itself: the quality of the station's own phones, the record of an earlier call that is closed, the depth of
   * the delay.
   */
  function isAside(frame: { event: string; data: Json }, sent: string): boolean {
    if (frame.event === 'calls:update') return !sent.startsWith('calls:');
    if (frame.event === 'contacts:update') return !sent.startsWith('contacts:');
    if (frame.event === 'masterUpdate') return Object.keys(frame.data).join() === 'delay_state';
    const isQuality = (change: unknown) => Object.keys(change ?? {}).join() === 'quality';
    return frame.event === 'channelUpdate' && Object.values(frame.data).every(isQuality);
  }

  async function refusesOversized(event: string): Promise<void> {
    const since = stage.producer.frames.length;
    stage.producer.sendRaw(JSON.stringify({ event, data: 'x'.repeat(100_000) }));
    const error = await stage.producer.frame(
      'client:error',
      (frame) => frame.event === 'client:error',
      since,
    );
    expect(error.data.code).toBe('too_large');
    expect(await stage.producer.emit('ping', null)).toMatchObject({ ok: true });
  }
});
