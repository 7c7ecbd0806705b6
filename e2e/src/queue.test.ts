// The queue in a show: real callers are made ready, put in order by hand, taken to air by two producers who press in the
// same instant; the server is killed meanwhile; and who calls while the lines are busy hears busy.
import { type PhoneCall, tone } from '@openline/callers';
import { longestGapMs } from '@openline/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeskConsole, openConsole, recordsOf } from './harness/desk-console.ts';
import { withLateness } from './harness/engine-clock.ts';
import { freePort } from './harness/free-port.ts';
import { hasProgram } from './harness/peer-programs.ts';
import { callerWhoHearsBusy, runSipp } from './harness/sipp.ts';
import { untilHeard, untilNotHeard } from './harness/sound.ts';
import { type Station, startStation } from './harness/station.ts';
import { stationCall } from './harness/station-phone.ts';
import { soundFor, waitFor } from './harness/wait-for.ts';

const [studioHz, onAirHz] = [500, 700];
const waitingHz = [900, 1300, 1700] as const;
const ids = ['studio-2', 'studio-3', 'studio-4'] as const;

describe('a queue of callers', () => {
  let station: Station;
  let producer: DeskConsole;
  let second: DeskConsole;
  let studio: PhoneCall['rtp'];
  let onAir: PhoneCall;
  const waiting: PhoneCall[] = [];

  const accepted = async (client: DeskConsole, event: string, data: unknown): Promise<void> => {
    expect(await client.emit(event, data), `${event} ${JSON.stringify(data)}`).toEqual({ ok: true });
  };
  const queue = (client: DeskConsole) => client.state().queue;

  beforeAll(async () => {
    station = await startStation(tone(studioHz));
    ({ producer } = station);
    second = await openConsole(station.product, 'Root');
    studio = (await stationCall(station.desk)).rtp;
    onAir = await station.callToAir('studio-1', { from: '+2203000001', source: tone(onAirHz) });
    for (const [index, id] of ids.entries()) {
      const from = `+220300001${index}`;
      const source = tone(waitingHz[index] ?? 0);
      const uri = `sip:studio@127.0.0.1:${station.product.sipPort}`;
      waiting.push(await station.listeners.call(uri, { from, source }));
      await producer.until(`${id} to ring`, () => producer.channel(id).mode === 'ring');
      await accepted(producer, 'channelMode', { [id]: 'on_hold' });
      await producer.until(`${id} on hold`, () => producer.channel(id).mode === 'on_hold');
    }
  });

  afterAll(async () => {
    second?.close();
    producer?.close();
    await station?.close();
  });

  it('goes by who has waited longest, until somebody puts it in order by hand', async () => {
    await accepted(producer, 'queue:screening', { [ids[2]]: 'ready', [ids[0]]: 'ready', [ids[1]]: 'ready' });
    await second.until('the queue', () => queue(second).order.join() === ids.join());
    await accepted(second, 'queue:order', [ids[2], ids[0], ids[1]]);
    const byHand = [ids[2], ids[0], ids[1]].join();
    for (const client of [producer, second]) {
      await client.until('the order by hand', () => queue(client).order.join() === byHand);
      expect(queue(client).by_hand).toBe(true);
    }
    expect(queue(second).order).toHaveLength(ids.length);
  });

  it('gives one caller to two who press next at once, and the air is never empty when the former goes on hold', async () => {
    await accepted(producer, 'queue:onNext', 'hold');
    await untilHeard('who is on air', studio.hearing, onAirHz);
    await soundFor(300);
    const since = second.frames.length;
    const next = { channel_id: ids[2] };
    const { measured, lateMs } = await withLateness(station.product, async () => {
      const from = performance.now();
      const acks = await Promise.all([producer.emit('queue:next', next), second.emit('queue:next', next)]);
      expect(acks).toEqual([{ ok: true }, { ok: true }]);
      for (const client of [producer, second]) {
        await client.until('the next one on air', () => client.channel(ids[2]).mode === 'master');
        await client.until('the former one on hold', () => client.channel('studio-1').mode === 'on_hold');
        await client.until('the queue', () => queue(client).order.join() === [ids[0], ids[1]].join());
        expect([ids[0], ids[1]].map((id) => client.channel(id).mode)).toEqual(['on_hold', 'on_hold']);
      }
      await untilHeard('the next one', studio.hearing, waitingHz[2]);
      await untilNotHeard('the former one', studio.hearing, onAirHz);
      return studio.hearing.between(from);
    });
    expect(longestGapMs(measured.samples, measured.sampleRate, -45)).toBeLessThanOrEqual(20 + lateMs);
    expect(second.frames.slice(since).filter(({ event }) => event === 'event_error')).toEqual([]);
    expect(await producer.emit('queue:next', { channel_id: ids[1] })).toMatchObject({
      ok: false,
      error: { code: 'queue_moved' },
    });
  });

  it('keeps who is locked, and the queue, over a kill -9 of the server', async () => {
    await accepted(producer, 'channelLock', { [ids[2]]: true });
    await accepted(producer, 'queue:screening', { [ids[1]]: 'next' });
    await accepted(producer, 'queue:priority', { [ids[0]]: 1 });
    await accepted(producer, 'channelContactInfo', { [ids[0]]: { name: 'Awa', point: 'The rain' } });
    const before = queue(producer);
    expect(before).toEqual({ order: [ids[1], ids[0]], by_hand: true, on_next: 'hold', lines_busy: false });
    const killed = station.product.kill('server');
    await waitFor('the consoles to notice', () => !producer.isOpen && !second.isOpen);
    const isBack = async () => {
      const isWell = (await station.product.health())?.status === 'ok';
      return isWell && station.product.pid('server') !== killed;
    };
    await waitFor('the server to be back', isBack);
    producer = await openConsole(station.product, 'Anna');
    second = await openConsole(station.product, 'Root');
    await second.until('the same queue', () => queue(second).order.join() === before.order.join());
    expect(queue(second)).toEqual(before);
    expect(second.channel(ids[0])).toMatchObject({
      screening: 'ready',
      priority: 1,
      contact: { name: 'Awa', point: 'The rain' },
      caller: { calls: 1, blocked: false },
    });
    expect(second.channel(ids[1]).screening).toBe('next');
    expect(await producer.emit('channelMode', { [ids[2]]: 'free' })).toMatchObject({
      ok: false,
      error: { code: 'channel_locked', key: ids[2] },
    });
    await accepted(producer, 'queue:onNext', 'drop');
    await accepted(producer, 'queue:next', { channel_id: ids[1] });
    await second.until('the next one on air', () => second.channel(ids[1]).mode === 'master');
    await untilHeard('both', studio.hearing, waitingHz[1]);
    await untilHeard('both', studio.hearing, waitingHz[2]);
    expect(second.channel(ids[2])).toMatchObject({ mode: 'master', locked: true });
  });

  it('drops who is on air for the next one, and is told by the phone of whoever it was', async () => {
    await accepted(producer, 'channelLock', { [ids[2]]: false });
    await accepted(producer, 'queue:next', { channel_id: ids[0] });
    const dropped = waiting.slice(1).map((call) => call.whenEnded());
    await Promise.all(dropped);
    await second.until('the last one on air', () => second.channel(ids[0]).mode === 'master');
    await second.until('the others gone', () =>
      ids.slice(1).every((id) => second.channel(id).mode === 'free'),
    );
    expect(queue(second).order).toEqual([]);
    // Who was on hold has not been asked.
    expect(second.channel('studio-1').mode).toBe('on_hold');
    expect(onAir.rtp.hearing.last(200).samples.length).toBeGreaterThan(0);
  });

  it.skipIf(!hasProgram('sipp'))(
    'hears busy while the lines are busy, is in the history as missed, and no strip lights up',
    async () => {
      await accepted(producer, 'linesBusy', true);
      await second.until('it to be shown', () => queue(second).lines_busy === true);
      const since = second.frames.length;
      const sipp = runSipp({
        scenario: callerWhoHearsBusy,
        target: `127.0.0.1:${station.product.sipPort}`,
        localPort: await freePort(),
        mediaPort: await freePort(),
        from: '+2203005555',
      });
      const verdict = await sipp.exit;
      expect(verdict.code, verdict.log).toBe(0);
      const missed = await second.frame(
        'the missed call',
        ({ event, data }) =>
          event === 'calls:update' && recordsOf(data).some((call) => call?.number === '+2203005555'),
        since,
      );
      expect(recordsOf(missed.data)[0]).toMatchObject({
        answered: false,
        channel_id: null,
        hangup_cause: 'busy',
      });
      const lit = second.frames
        .slice(since)
        .filter(
          ({ event, data }) =>
            event === 'channelUpdate' && recordsOf(data).some((each) => each?.mode === 'ring'),
        );
      expect(lit).toEqual([]);
      expect(second.channel(ids[0]).mode).toBe('master');
      await accepted(producer, 'linesBusy', false);
      const uri = `sip:studio@127.0.0.1:${station.product.sipPort}`;
      const call = await station.listeners.call(uri, { from: '+2203005555', source: tone(900) });
      await second.until('a strip to ring', () =>
        Object.values(second.state().mixer.channels).some(
          (each) => (each as { mode: string }).mode === 'ring',
        ),
      );
      call.hangUp();
    },
  );
});
