import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter-buffer.ts';
import { isAscending, listen, type Scenario } from './testing/simulated-network.ts';

/** Two seconds of speech, one of silence. */
const isSpeechPause = (nowMs: number) => nowMs % 3000 > 2000;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('on a quiet network', () => {
  it.each([10, 20, 30, 40, 60])('plays every packet of %i ms once and in order', (ptimeMs) => {
    const heard = listen({ seconds: 20, ptimeMs });
    expect(isAscending(heard.played)).toBe(true);
    expect(heard.played.length).toBeGreaterThan(20_000 / ptimeMs - 8);
    expect(heard.concealedFrames).toBe(0);
    expect(heard.buffer).toMatchObject({ lost: 0, late: 0, duplicate: 0 });
  });

  it('starts at 40 ms and settles below 30', () => {
    const heard = listen({ seconds: 30, isSilentAt: isSpeechPause });
    expect(heard.buffer.maxDepthMs).toBeGreaterThanOrEqual(40);
    expect(heard.buffer.depthMs).toBeGreaterThanOrEqual(20);
    expect(heard.buffer.depthMs).toBeLessThan(30);
    expect(mean(heard.delaysMs.slice(-100))).toBeLessThan(10);
  });

  it('drops nothing where there is never silence, and says that a packet can be taken early', () => {
    const heard = listen({ seconds: 90 });
    expect(heard.joints).toBe(0);
    expect(heard.buffer.depthMs).toBeGreaterThan(40);
    expect(heard.buffer).toMatchObject({ skipped: 0, canTakeEarly: true, isAmple: true, isShort: false });
  });
});

describe('on a bad network', () => {
  it('conceals 5 % loss, adapts to 40 ms of jitter and loses next to nothing to lateness', () => {
    const heard = listen({
      seconds: 120,
      isSilentAt: isSpeechPause,
      delayMs: (_, random) => (random() < 0.05 ? Number.NaN : random() * 40),
    });
    const { buffer } = heard;
    expect(isAscending(heard.played)).toBe(true);
    expect(heard.played.length / buffer.received).toBeGreaterThan(0.995);
    expect(buffer.late / buffer.received).toBeLessThan(0.005);
    expect(buffer.lost / 6000).toBeCloseTo(0.05, 1);
    expect(Math.abs(heard.concealedFrames - buffer.lost)).toBeLessThan(30);
    expect(buffer.jitterMs).toBeGreaterThan(8);
    expect(buffer.depthMs).toBeGreaterThanOrEqual(60);
    expect(buffer.depthMs).toBeLessThan(90);
  });

  it('grows at once when jitter sets in, and comes back in silence when it ends', () => {
    const isBad = (n: number) => n >= 1500 && n < 2000;
    const during = listen({
      seconds: 39,
      isSilentAt: isSpeechPause,
      delayMs: (n, r) => (isBad(n) ? r() * 80 : 0),
    });
    const after = listen({
      seconds: 80,
      isSilentAt: isSpeechPause,
      delayMs: (n, r) => (isBad(n) ? r() * 80 : 0),
    });
    expect(during.buffer.depthMs).toBeGreaterThan(85);
    expect(during.buffer.late).toBeLessThan(10);
    expect(after.buffer.depthMs).toBeLessThan(50);
  });

  it('puts reordered packets in order', () => {
    const heard = listen({
      seconds: 60,
      isSilentAt: isSpeechPause,
      delayMs: (n) => (n % 10 === 3 ? 30 : 0),
    });
    expect(isAscending(heard.played)).toBe(true);
    expect(heard.buffer.late).toBeLessThan(3);
    expect(heard.played.length).toBeGreaterThan(2990);
  });

  it('plays duplicates once', () => {
    const heard = listen({ seconds: 20, copies: (n) => (n % 5 === 0 ? 3 : 1) });
    expect(isAscending(heard.played)).toBe(true);
    expect(heard.buffer.duplicate).toBe(400);
  });

  it('plays a burst that was held up, and works the delay off in silence', () => {
    const delayMs = (n: number) => (n >= 1000 && n < 1008 ? (1008 - n) * 20 : 0);
    const heard = listen({ seconds: 60, isSilentAt: isSpeechPause, delayMs });
    expect(isAscending(heard.played)).toBe(true);
    expect(heard.buffer.late).toBe(0);
    expect(heard.buffer.depthMs).toBeLessThan(50);
    expect(heard.played).toContain(1000);
  });

  it('plays everything over a stall now and then, without staying deep for it', () => {
    // 150 ms, every four seconds.
    const delayMs = (n: number) => (n % 200 >= 100 && n % 200 < 108 ? (108 - (n % 200)) * 19 : 0);
    const heard = listen({ seconds: 62, isSilentAt: isSpeechPause, delayMs });
    const { buffer } = heard;
    expect(isAscending(heard.played)).toBe(true);
    expect(buffer.late + buffer.lost).toBe(0);
    expect(buffer.targetDepthMs).toBeLessThan(30);
    expect(buffer.depthMs).toBeLessThan(50);
  });

  it('goes on where the sender is after an outage, without added delay', () => {
    const heard = listen({ seconds: 60, delayMs: (n) => (n >= 1000 && n < 1150 ? Number.NaN : 0) });
    expect(heard.buffer.lost).toBe(150);
    expect(heard.buffer.depthMs).toBeLessThan(50);
    expect(heard.played).toContain(1151);
  });
});

describe('with odd senders', () => {
  it.each([210, 300, 600, 900])('goes on soon when the way becomes %i ms longer for good', (longerMs) => {
    const heard = listen({ seconds: 20, delayMs: (n) => (n >= 500 ? longerMs : 0) });
    expect(isAscending(heard.played)).toBe(true);
    // The time that nothing can come, and a quarter of a second to believe it.
    expect(heard.concealedFrames + heard.silentFrames).toBeLessThan((longerMs + 250) / 20);
    expect(heard.buffer.depthMs).toBeLessThan(60);
  });

  it('survives the wrap of sequence and timestamp', () => {
    const heard = listen({ seconds: 20, firstSequence: 65500, firstTimestamp: 2 ** 32 - 3200 });
    expect(heard.played.length).toBeGreaterThan(995);
    expect(heard.concealedFrames).toBe(0);
    expect(heard.buffer.lost).toBe(0);
  });

  it.each([
    ['fast', 200],
    ['slow', -200],
  ])('holds its depth for two hours with a sender whose clock is %s by 200 ppm', (_, driftPpm) => {
    const heard = listen({ seconds: 7200, driftPpm, isSilentAt: isSpeechPause });
    const { buffer } = heard;
    expect(isAscending(heard.played)).toBe(true);
    expect(Math.max(...heard.delaysMs.slice(-10_000))).toBeLessThan(45);
    expect(Math.min(...heard.delaysMs.slice(-10_000))).toBeGreaterThanOrEqual(0);
    // 1,440 ms in all, in silence only.
    expect(buffer.skipped + buffer.inserted).toBeGreaterThan(68);
    expect(buffer.skipped + buffer.inserted).toBeLessThan(76);
    expect(heard.concealedFrames).toBe(0);
    expect(buffer.late + buffer.lost).toBe(0);
  });

  it('keeps the length of the pauses of a sender that suppresses silence', () => {
    const heard = listen({ seconds: 120, isPaused: (n) => n % 150 >= 100 });
    expect(isAscending(heard.played)).toBe(true);
    expect(heard.played.length).toBe(4000);
    expect(heard.buffer.lost).toBe(0);
    expect(Math.max(...heard.delaysMs)).toBeLessThan(50);
  });

  const restarts: [string, NonNullable<Scenario['renumber']>][] = [
    [
      'the whole numbering',
      (n, p) => n === 1500 && Object.assign(p, { sequence: (p.sequence + 30_000) & 0xffff, timestamp: 9 }),
    ],
    ['timestamps backwards', (n, p) => n === 1500 && Object.assign(p, { timestamp: 12_345 })],
    ['timestamps forwards', (n, p) => n === 1500 && Object.assign(p, { timestamp: p.timestamp + 800_000 })],
    [
      'sequence numbers only',
      (n, p) => n === 1500 && Object.assign(p, { sequence: (p.sequence - 5000) & 0xffff }),
    ],
  ];
  it.each(restarts)('goes on at once when a sender starts %s anew', (_, renumber) => {
    const heard = listen({ seconds: 60, isSilentAt: isSpeechPause, renumber });
    expect(isAscending(heard.played)).toBe(true);
    expect(heard.played.length).toBeGreaterThan(2990);
    expect(heard.buffer.depthMs).toBeLessThan(50);
  });
});

describe('with its own clock late', () => {
  it('drops what piled up when it is re-centred', () => {
    const heard = listen({ seconds: 30, isTickSkipped: (nowMs) => nowMs > 20_000 && nowMs < 20_400 });
    expect(heard.buffer.depthMs).toBeLessThan(50);
    expect(heard.buffer.skipped).toBeGreaterThan(17);
    expect(isAscending(heard.played)).toBe(true);
  });

  it('waits with that when others are before it, even if it is late once more meanwhile', () => {
    const { buffer, played, delaysMs } = listen({
      seconds: 22,
      isTickSkipped: (nowMs) => (nowMs > 20_000 && nowMs < 20_100) || (nowMs > 20_200 && nowMs < 20_220),
      recenterTakes: 15,
    });
    const lateFrom = delaysMs.findIndex((delayMs, n) => n > 900 && delayMs > 100);
    const lateFrames = delaysMs.slice(lateFrom).findIndex((delayMs) => delayMs < 60);
    expect(lateFrames).toBe(15);
    expect(buffer.depthMs).toBeLessThan(50);
    expect(isAscending(played)).toBe(true);
  });
});

describe('with its whole thread late', () => {
  const isStalled = (ms: number) => ms > 20_000 && ms < 20_200;
  const stalled: Scenario = {
    seconds: 21,
    isSilentAt: isSpeechPause,
    isTickSkipped: isStalled,
    // The sockets are read after the first tick, which is at …07.
    delayMs: (n) => (isStalled(n * 20) ? 20_208 - n * 20 : 0),
  };

  it('does not take its own stall for jitter', () => {
    const { buffer, played } = listen(stalled);
    expect(isAscending(played)).toBe(true);
    expect(buffer.targetDepthMs).toBeLessThan(30);
    expect(buffer.depthMs).toBeLessThan(50);
    expect(buffer.inserted).toBe(0);
  });
});

describe('bookkeeping', () => {
  const payload = new Uint8Array(160);
  const create = () => new JitterBuffer({ clockRate: 8000, ptimeMs: 20, maxPayloadBytes: 160 });
  const insert = (buffer: JitterBuffer, sequence: number, arrivalMs = sequence * 20) =>
    buffer.insert(payload, 0, 160, sequence, sequence * 160, false, arrivalMs);

  it('does not count the numbers that events take as lost', () => {
    const buffer = create();
    insert(buffer, 10);
    insert(buffer, 11);
    buffer.noteOther(12);
    buffer.noteOther(13);
    insert(buffer, 14);
    const codes = [0, 20, 40, 60, 80].map((ms) => buffer.take(240 + ms));
    expect(codes).toEqual(['packet', 'packet', 'silence', 'silence', 'packet']);
    expect(buffer.lost).toBe(0);
  });

  it('calls a packet late, no longer lost, when it comes after its time', () => {
    const buffer = create();
    insert(buffer, 10);
    insert(buffer, 12);
    expect(buffer.take(240)).toBe('packet');
    expect(buffer.take(260)).toBe('lost');
    expect(buffer.lost).toBe(1);
    expect(insert(buffer, 11, 265)).toBe('late');
    expect(buffer).toMatchObject({ lost: 0, late: 1 });
    expect(insert(buffer, 11, 266)).toBe('duplicate');
  });

  it('does not turn back for a packet whose time was played as concealment', () => {
    const buffer = create();
    insert(buffer, 10);
    expect([240, 260, 280].map((ms) => buffer.take(ms))).toEqual(['packet', 'lost', 'lost']);
    expect(insert(buffer, 13, 290)).toBe('stored');
    expect(insert(buffer, 12, 295)).toBe('late');
    // It grows first, having learned how late packets can be.
    expect([300, 320].map((ms) => buffer.take(ms))).toEqual(['lost', 'packet']);
    expect(buffer.timestamp).toBe(13 * 160);
    expect(buffer).toMatchObject({ lost: 1, late: 1 });
  });

  it('refuses a payload that is too long', () => {
    expect(create().insert(new Uint8Array(161), 0, 161, 1, 0, false, 0)).toBe('too_long');
  });

  it('answers buffering before the first packet and after a restart', () => {
    const buffer = create();
    expect(buffer.take(0)).toBe('buffering');
    insert(buffer, 1);
    expect(buffer.take(20)).toBe('buffering');
    expect(buffer.take(40)).toBe('packet');
    buffer.restart();
    expect(buffer.take(60)).toBe('buffering');
    expect(insert(buffer, 1, 60)).toBe('stored');
  });

  it('never holds more than its ring when nobody takes', () => {
    const buffer = create();
    for (let sequence = 0; sequence < 5000; sequence++) expect(insert(buffer, sequence)).toBe('stored');
    expect(buffer.take(5000 * 20)).toBe('packet');
    expect(buffer.timestamp).toBeGreaterThan(4900 * 160);
  });
});
