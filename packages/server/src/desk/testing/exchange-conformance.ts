/**
 * What every exchange promises the desk. The harness makes an exchange with telephones at its far ends: real ones for
 * the embedded engine, none at all for the fake. Nothing here waits for a time, only for facts (`until`).
 */
import { afterEach, describe, expect, test } from 'vitest';
import type {
  CallId,
  Exchange,
  ExchangeCall,
  ExchangeFact,
  ExchangePlace,
  ExchangeSnapshot,
} from '../ports/exchange.ts';

/** A telephone at the far end. */
interface FarEnd {
  answer: () => void;
  hangUp: () => void;
}

export interface ExchangeRig {
  exchange: Exchange;
  /** Everything the exchange has told, in order. */
  facts: readonly ExchangeFact[];
  lineId: string;
  /** A user whose phone is not registered. */
  absentUserId: string;
  /** A telephone rings in on the line, from this number. */
  callIn: (number: string) => FarEnd;
  /** A number that can be dialled on the line; `farEnd` is there once it rings. */
  answeringNumber: string;
  farEnd: () => FarEnd | null;
  /** Lets things happen until the condition holds; fails after a deadline. */
  until: (condition: () => boolean) => Promise<void>;
  /** Stops and starts the adapter: the calls stay. What the new `up` says. */
  restart: () => Promise<ExchangeSnapshot>;
  close: () => Promise<void>;
}

const unity = { inDb: 0, isInMuted: false, outDb: 0, isOutMuted: false, leveller: null };

export function exchangeConformance(name: string, open: () => Promise<ExchangeRig>): void {
  let rig: ExchangeRig;

  function factsOf<T extends ExchangeFact['type']>(type: T): Extract<ExchangeFact, { type: T }>[] {
    return rig.facts.filter((fact): fact is Extract<ExchangeFact, { type: T }> => fact.type === type);
  }
  const isOver = (call: CallId) => factsOf('ended').some((fact) => fact.call === call);

  /** Commands before the first `up` are answered with `down`. */
  async function opened(): Promise<ExchangeRig> {
    rig = await open();
    await rig.until(() => rig.facts.length > 0);
    return rig;
  }

  async function offered(number: string): Promise<{ call: ExchangeCall; far: FarEnd }> {
    const before = factsOf('offered').length;
    const far = rig.callIn(number);
    await rig.until(() => factsOf('offered').length > before);
    const call = factsOf('offered').at(-1)?.call;
    if (!call) throw new Error('no call was offered');
    return { call, far };
  }

  async function answered(number: string, place: ExchangePlace): Promise<{ id: CallId; far: FarEnd }> {
    const { call, far } = await offered(number);
    const result = rig.exchange.perform({ type: 'answer', call: call.call, place, levels: unity });
    await rig.until(() => factsOf('media').some((fact) => fact.call === call.call));
    expect(await result).toEqual({ ok: true });
    return { id: call.call, far };
  }

  async function perform(command: Parameters<Exchange['perform']>[0]) {
    let isDone = false;
    const result = rig.exchange.perform(command).finally(() => {
      isDone = true;
    });
    await rig.until(() => isDone);
    return result;
  }

  describe(`the exchange ${name}`, () => {
    afterEach(() => rig.close());

    test('tells the whole truth first of all', async () => {
      rig = await opened();
      expect(rig.facts[0]).toMatchObject({ type: 'up', snapshot: { calls: [] } });
      expect(factsOf('up')[0]?.snapshot.lines.map(({ lineId }) => lineId)).toContain(rig.lineId);
    });

    test('offers a call that comes in, with its number and line', async () => {
      rig = await opened();
      const { call } = await offered('2207000001');
      expect(call).toMatchObject({
        owner: { kind: 'line', lineId: rig.lineId },
        direction: 'in',
        state: 'offered',
        hasMedia: false,
        number: '2207000001',
      });
    });

    test('answers into a place: answered, then media, and the snapshot has it with its tag', async () => {
      rig = await opened();
      const { id } = await answered('2207000001', { kind: 'hold' });
      const order = rig.facts.flatMap((fact) => ('call' in fact && fact.call === id ? [fact.type] : []));
      expect(order.indexOf('answered')).toBeGreaterThanOrEqual(0);
      expect(order.indexOf('media')).toBeGreaterThan(order.indexOf('answered'));
      expect(await perform({ type: 'tag', call: id, tag: { channel: 'studio-1', record: 'r1' } })).toEqual({
        ok: true,
      });
      const { calls } = await rig.restart();
      expect(calls).toMatchObject([
        {
          call: id,
          state: 'answered',
          hasMedia: true,
          place: { kind: 'hold' },
          tag: { channel: 'studio-1', record: 'r1' },
        },
      ]);
    });

    test('tells when the far end hangs up; after that the call is gone', async () => {
      rig = await opened();
      const { id, far } = await answered('2207000001', { kind: 'air' });
      far.hangUp();
      await rig.until(() => isOver(id));
      expect(factsOf('ended').filter(({ call }) => call === id)).toMatchObject([
        { because: 'normal', by: 'remote' },
      ]);
      for (const command of [
        { type: 'hangUp', call: id },
        { type: 'move', moves: [{ call: id, place: { kind: 'air' } }] },
        { type: 'levels', call: id, levels: { inDb: -3 } },
      ] as const) {
        expect(await perform(command)).toMatchObject({ ok: false, code: 'gone' });
      }
    });

    test('rejects a call, and it has ended', async () => {
      rig = await opened();
      const { call } = await offered('2207000001');
      expect(await perform({ type: 'reject', call: call.call, why: 'busy' })).toEqual({ ok: true });
      await rig.until(() => isOver(call.call));
      expect(factsOf('ended')[0]).toMatchObject({ call: call.call, by: 'server' });
    });

    test('hangs up a call that is answered', async () => {
      rig = await opened();
      const { id } = await answered('2207000001', { kind: 'hold' });
      expect(await perform({ type: 'hangUp', call: id })).toEqual({ ok: true });
      await rig.until(() => isOver(id));
      expect((await rig.restart()).calls).toEqual([]);
    });

    test('does not answer twice', async () => {
      rig = await opened();
      const { id } = await answered('2207000001', { kind: 'hold' });
      const again = await perform({ type: 'answer', call: id, place: { kind: 'air' }, levels: unity });
      expect(again).toMatchObject({ ok: false, code: 'wrong_state' });
    });

    test('moves all or nothing', async () => {
      rig = await opened();
      const first = await answered('2207000001', { kind: 'hold' });
      const second = await answered('2207000002', { kind: 'hold' });
      const together = [
        { call: first.id, place: { kind: 'private', with: second.id } },
        { call: second.id, place: { kind: 'private', with: first.id } },
      ] as const;
      expect(await perform({ type: 'move', moves: together })).toEqual({ ok: true });
      const placesOf = ({ calls }: ExchangeSnapshot) =>
        Object.fromEntries(calls.map(({ call, place }) => [call, place.kind]));
      expect(placesOf(await rig.restart())).toEqual({ [first.id]: 'private', [second.id]: 'private' });

      second.far.hangUp();
      await rig.until(() => isOver(second.id));
      const half = [
        { call: first.id, place: { kind: 'air' } },
        { call: second.id, place: { kind: 'air' } },
      ] as const;
      expect(await perform({ type: 'move', moves: half })).toMatchObject({ ok: false, code: 'gone' });
      // Where a call left alone is put meanwhile is the exchange's affair; on air it is not.
      expect(placesOf(await rig.restart())[first.id]).not.toBe('air');
    });

    test('dials: ringing, answered, media, in its place', async () => {
      rig = await opened();
      await dial('out-1');
      await rig.until(() => factsOf('ringing').some(({ call }) => call === 'out-1'));
      rig.farEnd()?.answer();
      await rig.until(() => factsOf('media').some(({ call }) => call === 'out-1'));
      const { calls } = await rig.restart();
      expect(calls).toMatchObject([
        {
          call: 'out-1',
          direction: 'out',
          state: 'answered',
          place: { kind: 'hold' },
          tag: { goal: 'on_hold' },
        },
      ]);
    });

    test('cancels what it dials', async () => {
      rig = await opened();
      await dial('out-2');
      await rig.until(() => factsOf('ringing').some(({ call }) => call === 'out-2'));
      expect(await perform({ type: 'hangUp', call: 'out-2' })).toEqual({ ok: true });
      await rig.until(() => isOver('out-2'));
      expect(factsOf('ended')[0]).toMatchObject({ because: 'cancelled', by: 'server' });
    });

    test('does not reach a phone that is not there', async () => {
      rig = await opened();
      const result = await perform({
        type: 'reach',
        call: 'out-3',
        owner: { kind: 'user', userId: rig.absentUserId },
        displayName: 'Studio',
        place: { kind: 'monitor' },
        levels: unity,
        tag: {},
      });
      expect(result).toMatchObject({ ok: false, code: 'unreachable' });
    });

    test('records a call until it is told to stop, or the call ends', async () => {
      rig = await opened();
      const { id, far } = await answered('2207000001', { kind: 'hold' });
      const source = { kind: 'call', call: id } as const;
      expect(await perform({ type: 'record', recording: 'rec-1', source })).toEqual({ ok: true });
      expect((await rig.restart()).calls[0]?.recordings).toEqual(['rec-1']);
      expect(await perform({ type: 'stopRecording', recording: 'rec-1' })).toEqual({ ok: true });
      await rig.until(() => factsOf('recordingStopped').length === 1);
      expect(await perform({ type: 'record', recording: 'rec-2', source })).toEqual({ ok: true });
      far.hangUp();
      await rig.until(() => factsOf('recordingStopped').length === 2);
      expect(factsOf('recordingStopped').map(({ recording, error }) => [recording, error])).toEqual([
        ['rec-1', null],
        ['rec-2', null],
      ]);
    });

    test('lets one on air whisper to another, until one of them leaves', async () => {
      rig = await opened();
      const { id: first } = await answered('2207000001', { kind: 'air' });
      const { id: second } = await answered('2207000002', { kind: 'air' });
      const whisper = (to: CallId | null) => perform({ type: 'whisper', call: first, to });
      const whispers = async () => (await rig.restart()).calls.map((call) => call.whisper);
      expect(await whisper(second)).toEqual({ ok: true });
      expect(await whispers()).toEqual([second, null]);
      expect(await perform({ type: 'move', moves: [{ call: second, place: { kind: 'hold' } }] })).toEqual({
        ok: true,
      });
      expect(await whispers()).toEqual([null, null]);
      expect(await whisper(second)).toMatchObject({ ok: false, code: 'wrong_state' });
      expect(await whisper('nobody')).toMatchObject({ ok: false, code: 'gone' });
      expect(await whisper(null)).toEqual({ ok: true });
    });

    test('asks a caller in ivr, tells when the prompt is over, and records until they are placed elsewhere', async () => {
      rig = await opened();
      const { id } = await answered('2207000001', { kind: 'ivr', step: 'question', prompt: null });
      const recordQuestion = { type: 'recordQuestion', recording: 'q-1', call: id, maxMs: 60_000 } as const;
      expect(await perform(recordQuestion)).toEqual({ ok: true });
      await rig.until(() => factsOf('prompted').some(({ call }) => call === id));
      const [asked] = (await rig.restart()).calls;
      expect(asked).toMatchObject({ place: { kind: 'ivr', step: 'question' }, recordings: ['q-1'] });
      const thanks = { kind: 'ivr', step: 'thanks', prompt: null } as const;
      expect(await perform({ type: 'move', moves: [{ call: id, place: thanks }] })).toEqual({ ok: true });
      await rig.until(() => factsOf('recordingStopped').length === 1);
      const [stopped] = factsOf('recordingStopped');
      expect(stopped).toMatchObject({ recording: 'q-1', error: null });
      expect(stopped?.durationMs).toBeGreaterThan(0);
      await rig.until(() => factsOf('prompted').length === 2);
    });

    test('plays a file to air and into an ear, tells when it is heard and when it is over', async () => {
      rig = await opened();
      const { id, far } = await answered('2207000001', { kind: 'air' });
      const source = { kind: 'program' } as const;
      expect(await perform({ type: 'record', recording: 'sound-1', source })).toEqual({ ok: true });
      const play = (player: string, name: string, to: CallId | null, tag = {}) =>
        perform({
          type: 'play',
          player,
          file: { kind: 'recording', name },
          to,
          levelDb: -3,
          fromMs: 0,
          tag,
        });
      // Until the first of it is on the disk there is no sound in it.
      let first = await play('p-1', 'sound-1', null, { title: 'Jingle' });
      while (!first.ok && first.msg === 'there is no sound in it') {
        await perform({ type: 'program', program: { levelDb: 0 } });
        first = await play('p-1', 'sound-1', null, { title: 'Jingle' });
      }
      expect(first).toEqual({ ok: true });
      expect(await perform({ type: 'stopRecording', recording: 'sound-1' })).toEqual({ ok: true });
      await rig.until(() => factsOf('playing').length === 1);
      expect(factsOf('playing')).toMatchObject([{ player: 'p-1', tag: { title: 'Jingle' } }]);
      expect(await play('p-2', 'missing', null)).toMatchObject({ ok: false, code: 'failed' });
      expect(await play('p-3', 'sound-1', 'nobody')).toMatchObject({ ok: false, code: 'gone' });
      // Its end may have come by itself.
      await perform({ type: 'playLevel', player: 'p-1', levelDb: -9 });
      await perform({ type: 'stopPlaying', player: 'p-1' });
      await rig.until(() => factsOf('played').some(({ player }) => player === 'p-1'));
      expect(await perform({ type: 'stopPlaying', player: 'p-1' })).toMatchObject({ ok: false });
      expect(await play('p-4', 'sound-1', id)).toEqual({ ok: true });
      far.hangUp();
      await rig.until(() => factsOf('played').some(({ player }) => player === 'p-4'));
      expect((await rig.restart()).players).toEqual([]);
    });

    test('keeps what it is told of the program, and records it', async () => {
      rig = await opened();
      const program = { levelDb: -6, isMuted: false, isOnAir: true };
      expect(await perform({ type: 'program', program })).toEqual({ ok: true });
      expect(await perform({ type: 'record', recording: 'prog-1', source: { kind: 'program' } })).toEqual({
        ok: true,
      });
      const snapshot = await rig.restart();
      expect(snapshot.program).toEqual(program);
      expect(snapshot.programRecordings).toEqual(['prog-1']);
      expect(await perform({ type: 'stopRecording', recording: 'prog-1' })).toEqual({ ok: true });
    });
  });

  async function dial(call: CallId): Promise<void> {
    const result = await perform({
      type: 'dial',
      call,
      lineId: rig.lineId,
      number: rig.answeringNumber,
      place: { kind: 'hold' },
      levels: unity,
      tag: { goal: 'on_hold' },
    });
    expect(result).toEqual({ ok: true });
  }
}
