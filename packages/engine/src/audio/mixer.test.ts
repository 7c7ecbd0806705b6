import { describe, expect, it } from 'vitest';
import type { MediaPlace } from '../call/media-plane.ts';
import { BroadcastDelay } from './broadcast-delay.ts';
import { MeterBlock } from './meter-block.ts';
import { Mixer } from './mixer.ts';
import { promptKey } from './prompts.ts';
import type { Sound } from './sound.ts';
import { largestClickDb, longestGapMs, peakDb, rmsDb, toneLevelDb } from './tone-analysis.ts';

/** Everybody has a tone of their own; eight of them together stay below the limiter. */
const AMPLITUDE = 0.1;
const TONE_DB = 20 * Math.log10(AMPLITUDE);
/** Resamplers and limiters have to fill before a measurement begins. */
const SETTLE_FRAMES = 10;

class Party {
  readonly heard: number[] = [];
  readonly port: number;
  readonly hz: number;
  readonly sampleRate: number;
  #sample = 0;

  constructor(port: number, hz: number, sampleRate: number) {
    this.port = port;
    this.hz = hz;
    this.sampleRate = sampleRate;
  }

  speak(frame: Float32Array): void {
    const step = (2 * Math.PI * this.hz) / this.sampleRate;
    for (let index = 0; index < frame.length; index++)
      frame[index] = AMPLITUDE * Math.sin(step * this.#sample++);
  }
}

/** A mixer with parties on it, driven frame by frame. */
class Room {
  readonly meterBlock = new MeterBlock(MeterBlock.allocate(32), 32);
  readonly mixer = new Mixer(32, this.meterBlock);
  readonly parties: Party[] = [];
  program: number[] = [];
  air: number[] = [];

  join(hz: number, place: MediaPlace, sampleRate = 8000): Party {
    const party = new Party(this.parties.length, hz, sampleRate);
    this.parties.push(party);
    this.mixer.open(party.port, sampleRate);
    this.mixer.place(party.port, place);
    return party;
  }

  run(frames: number): void {
    for (let frame = 0; frame < frames; frame++) {
      for (const party of this.parties) {
        const input = this.mixer.input(party.port);
        if (input !== null) party.speak(input);
      }
      this.mixer.mix();
      for (const party of this.parties) party.heard.push(...(this.mixer.output(party.port) ?? []));
      this.program.push(...this.mixer.programFrame);
      this.air.push(...this.mixer.programAfter);
    }
  }

  /** Runs so many frames and forgets them. */
  settle(frames = SETTLE_FRAMES): void {
    this.run(frames);
    for (const party of this.parties) party.heard.length = 0;
    this.program.length = 0;
    this.air.length = 0;
  }
}

function level(listener: Party, hz: number): number {
  return toneLevelDb(Float32Array.from(listener.heard), listener.sampleRate, hz);
}

function clickDb(listener: Party, tones: readonly number[]): number {
  return largestClickDb(Float32Array.from(listener.heard), listener.sampleRate, tones);
}

function soundOf(hz: number, seconds: number): Sound {
  const samples = Int16Array.from({ length: seconds * 16000 }, (_, index) =>
    Math.round(3276.8 * Math.sin((2 * Math.PI * hz * index) / 16000)),
  );
  return { samples, sampleRate: 16000 };
}

/** Three rates, so that every resampler has work. */
function mixedRoom(): Room {
  const room = new Room();
  room.join(440, { kind: 'air' });
  room.join(610, { kind: 'air' });
  room.join(830, { kind: 'air' }, 16000);
  room.join(1130, { kind: 'air' }, 48000);
  room.join(1370, { kind: 'air' });
  room.join(1690, { kind: 'host' }, 48000);
  return room;
}

const PLACES_BY_TURNS: readonly MediaPlace[] = [
  { kind: 'air' },
  { kind: 'silence' },
  { kind: 'air' },
  { kind: 'hold' },
  { kind: 'air' },
  { kind: 'monitor' },
  { kind: 'host' },
];

/** What party 0 hears, speaking or mute, in half a second in which everything changes every frame. */
function heardWhileAllMoves(isListenerMute: boolean): Float32Array {
  const room = mixedRoom();
  room.settle();
  for (let step = 0; step < 25; step++) {
    for (const party of room.parties) {
      room.mixer.levels(party.port, { inDb: (step % 5) * 4 - 12, isInMuted: step % 7 === party.port });
    }
    if (isListenerMute) room.mixer.levels(0, { isInMuted: true });
    room.mixer.place(0, PLACES_BY_TURNS[step % PLACES_BY_TURNS.length]!);
    room.mixer.place(2, { kind: step % 3 === 0 ? 'hold' : 'air' });
    room.mixer.program({ levelDb: -(step % 4) * 3 });
    room.run(1);
  }
  return Float32Array.from(room.parties[0]!.heard);
}

describe('mix-minus', () => {
  it('lets everybody on air hear everybody but themselves', () => {
    const room = mixedRoom();
    room.settle();
    room.run(25);
    for (const listener of room.parties) {
      const others = room.parties.filter((party) => party !== listener);
      expect(level(listener, listener.hz)).toBeLessThan(TONE_DB - 80);
      for (const { hz } of others) expect(Math.abs(level(listener, hz) - TONE_DB)).toBeLessThan(0.5);
    }
  });

  it('keeps the own tone out while gains, mutes and places of everybody move, its own too', () => {
    const withOwn = heardWhileAllMoves(false);
    const withoutOwn = heardWhileAllMoves(true);
    // The others' ramps spread over the whole spectrum, so what is heard with the own voice is compared to without.
    const difference = withOwn.map((value, index) => value - withoutOwn[index]!);
    expect(peakDb(withOwn)).toBeGreaterThan(TONE_DB);
    expect(peakDb(difference)).toBeLessThan(TONE_DB - 80);
  });

  it('keeps a leg off air while it is told to, which hears the others all the same', () => {
    const room = mixedRoom();
    const [first, kept] = room.parties;
    room.mixer.keepOffAir(1, true);
    room.settle();
    room.run(25);
    expect(level(first!, kept!.hz)).toBeLessThan(-100);
    expect(level(kept!, first!.hz)).toBeCloseTo(TONE_DB, 0);
    room.mixer.place(1, { kind: 'host' });
    room.settle();
    room.run(25);
    expect(level(first!, kept!.hz)).toBeLessThan(-100);
    room.mixer.keepOffAir(1, false);
    room.settle();
    room.run(25);
    expect(level(first!, kept!.hz)).toBeCloseTo(TONE_DB, 0);
  });

  it('takes a leg off air in one frame, and it is heard no more', () => {
    const room = mixedRoom();
    room.settle();
    room.mixer.place(1, { kind: 'silence' });
    room.settle(1 + SETTLE_FRAMES);
    room.run(25);
    expect(level(room.parties[0]!, room.parties[1]!.hz)).toBeLessThan(-100);
    expect(peakDb(Float32Array.from(room.parties[1]!.heard))).toBeLessThan(-100);
  });
});

describe('the leveller', () => {
  const leveller = { targetDb: -14, rangeDb: 12, gateDb: -60, duckDb: 0 };

  it('keeps the own tone out of what the leg hears, while its gain moves too', () => {
    // Up to the target at 8 dB a second: the gains move for all of this time.
    const heard = (isListenerMute: boolean): Float32Array => {
      const room = mixedRoom();
      for (const { port } of room.parties) room.mixer.levels(port, { leveller });
      if (isListenerMute) room.mixer.levels(0, { isInMuted: true });
      room.settle();
      room.run(75);
      return Float32Array.from(room.parties[0]!.heard);
    };
    const without = heard(true);
    const own = heard(false).map((sample, index) => sample - without[index]!);
    expect(peakDb(own)).toBeLessThan(TONE_DB - 80);
    expect(rmsDb(without.subarray(-4000))).toBeGreaterThan(rmsDb(without.subarray(0, 4000)) + 4);
  });

  it('is before the fader, and meters and recordings are behind both', () => {
    const room = new Room();
    const caller = room.join(440, { kind: 'air' });
    room.mixer.levels(caller.port, { leveller, inDb: -6 });
    room.settle(150);
    room.run(25);
    const meter: [number, number] = [0, 0];
    room.meterBlock.readIn(caller.port, meter);
    expect(Math.abs(meter[1] - (-14 - 6))).toBeLessThan(0.5);
    expect(Math.abs(peakDb(room.mixer.said(caller.port)!) - (-14 - 6 + 3))).toBeLessThan(0.5);
  });

  it('has a caller on air go down while the host speaks, and nobody else', () => {
    const ducked = { ...leveller, targetDb: -23, rangeDb: 0, duckDb: 6 };
    const room = new Room();
    const caller = room.join(440, { kind: 'air' });
    const other = room.join(610, { kind: 'air' });
    const [first, second] = [room.join(830, { kind: 'silence' }), room.join(1130, { kind: 'silence' })];
    const host = room.join(1690, { kind: 'host' }, 48_000);
    room.mixer.levels(caller.port, { leveller: ducked });
    room.mixer.levels(first.port, { leveller: ducked });
    room.mixer.place(first.port, { kind: 'private', with: second.port });
    room.mixer.place(second.port, { kind: 'private', with: first.port });
    room.mixer.levels(host.port, { isInMuted: true });
    room.settle(60);
    room.run(25);
    expect(Math.abs(level(other, 440) - TONE_DB)).toBeLessThan(0.5);
    room.mixer.levels(host.port, { isInMuted: false });
    room.settle(10);
    room.run(25);
    expect(Math.abs(level(other, 440) - (TONE_DB - 6))).toBeLessThan(0.5);
    expect(Math.abs(level(caller, 610) - TONE_DB)).toBeLessThan(0.5);
    expect(Math.abs(level(second, 830) - TONE_DB)).toBeLessThan(0.5);
    room.mixer.levels(host.port, { isInMuted: true });
    room.settle(60);
    room.run(25);
    expect(Math.abs(level(other, 440) - TONE_DB)).toBeLessThan(0.5);
  });
});

describe('places', () => {
  it('lets the host hear air at master level and mute', () => {
    const room = mixedRoom();
    const host = room.parties[5]!;
    room.mixer.program({ levelDb: -6 });
    room.settle();
    room.run(25);
    expect(level(host, 440)).toBeCloseTo(TONE_DB - 6, 0);
    expect(level(host, host.hz)).toBeLessThan(TONE_DB - 80);
    room.mixer.program({ isMuted: true });
    room.settle();
    room.run(10);
    expect(peakDb(Float32Array.from(host.heard))).toBeLessThan(-100);
    expect(level(room.parties[0]!, 610)).toBeCloseTo(TONE_DB, 0);
  });

  it('lets hold and monitor hear the program before the on-air gate, and be heard nowhere', () => {
    const room = mixedRoom();
    const waiting = room.join(2000, { kind: 'hold' });
    const monitor = room.join(2300, { kind: 'monitor' }, 16000);
    room.settle();
    room.run(25);
    for (const listener of [waiting, monitor]) {
      for (const speaker of room.parties.slice(0, 6)) {
        expect(Math.abs(level(listener, speaker.hz) - TONE_DB)).toBeLessThan(0.5);
      }
    }
    for (const listener of room.parties) {
      expect(level(listener, 2000)).toBeLessThan(-90);
      expect(level(listener, 2300)).toBeLessThan(-90);
    }
  });

  it('sends nothing to air until it is on air', () => {
    const room = mixedRoom();
    const transmitter = room.join(2000, { kind: 'program' });
    room.settle();
    room.run(25);
    expect(peakDb(Float32Array.from(transmitter.heard))).toBeLessThan(-100);
    expect(peakDb(Float32Array.from(room.air))).toBeLessThan(-100);
    expect(toneLevelDb(Float32Array.from(room.program), 48000, 440)).toBeCloseTo(TONE_DB, 0);
    room.mixer.program({ isOnAir: true });
    room.settle();
    room.run(25);
    expect(
      Math.abs(level(transmitter, 440) - toneLevelDb(Float32Array.from(room.air), 48000, 440)),
    ).toBeLessThan(0.5);
    expect(level(transmitter, 440)).toBeGreaterThan(TONE_DB - 8);
  });

  it('limits air, and never the sum that listeners are cut from', () => {
    const room = new Room();
    const parties = Array.from({ length: 12 }, (_, index) => room.join(300 + index * 130, { kind: 'air' }));
    for (const party of parties) room.mixer.levels(party.port, { inDb: 10 });
    room.mixer.program({ isOnAir: true });
    room.settle();
    room.run(25);
    expect(peakDb(Float32Array.from(room.air))).toBeLessThan(0);
    expect(peakDb(Float32Array.from(room.program))).toBeGreaterThan(3);
    for (const party of parties) {
      expect(peakDb(Float32Array.from(party.heard))).toBeLessThan(0);
    }
  });

  it('lets a private pair hear each other only, at both rates', () => {
    const room = mixedRoom();
    const caller = room.join(2000, { kind: 'silence' });
    const user = room.join(2300, { kind: 'silence' }, 48000);
    room.mixer.place(caller.port, { kind: 'private', with: user.port });
    room.mixer.place(user.port, { kind: 'private', with: caller.port });
    room.settle();
    room.run(25);
    expect(Math.abs(level(caller, user.hz) - TONE_DB)).toBeLessThan(0.5);
    expect(Math.abs(level(user, caller.hz) - TONE_DB)).toBeLessThan(0.5);
    for (const hz of [caller.hz, 440, 1130]) expect(level(caller, hz)).toBeLessThan(-90);
    for (const listener of room.parties.slice(0, 6)) {
      expect(level(listener, caller.hz)).toBeLessThan(-90);
      expect(level(listener, user.hz)).toBeLessThan(-90);
    }
  });

  it('lets nobody listen to a partner who has left the pair', () => {
    const room = new Room();
    const caller = room.join(500, { kind: 'private', with: 1 });
    const user = room.join(700, { kind: 'private', with: 0 });
    room.settle();
    room.mixer.place(user.port, { kind: 'air' });
    room.settle();
    room.run(10);
    expect(peakDb(Float32Array.from(caller.heard))).toBeLessThan(-100);
    expect(peakDb(Float32Array.from(user.heard))).toBeLessThan(-100);
  });

  it('plays the prompt and one beep where a question is recorded, then is silent', () => {
    const room = new Room();
    const caller = room.join(500, { kind: 'ivr' });
    room.join(700, { kind: 'air' });
    // The prompt is on its way: nothing is heard yet, and nothing is skipped.
    room.run(50);
    expect(peakDb(Float32Array.from(caller.heard))).toBeLessThan(-100);
    expect(room.mixer.questionOf(caller.port)).toBe('before');
    room.mixer.prompt(promptKey('question', null), soundOf(1500, 0.5));
    caller.heard.length = 0;
    let frames = 0;
    while (!room.mixer.takePrompted(caller.port) && frames < 100) {
      room.run(1);
      frames++;
    }
    expect(frames).toBeLessThan(60);
    expect(room.mixer.questionOf(caller.port)).toBe('after');
    expect(room.mixer.takePrompted(caller.port)).toBe(false);
    const heard = Float32Array.from(caller.heard);
    expect(toneLevelDb(heard.subarray(400, 3600), 8000, 1500)).toBeCloseTo(-20, 0);
    expect(toneLevelDb(heard.subarray(heard.length - 2200, heard.length - 200), 8000, 1000)).toBeCloseTo(
      -18,
      0,
    );
    // The limiter is behind by a moment.
    room.settle(1);
    room.run(50);
    expect(peakDb(Float32Array.from(caller.heard))).toBeLessThan(-100);
    expect(level(room.parties[1]!, 500)).toBeLessThan(-90);
  });

  it('says the last words without a beep, and a beep never follows somebody out of ivr', () => {
    const room = new Room();
    room.mixer.prompt(promptKey('thanks', 'bye'), soundOf(1500, 0.2));
    room.mixer.prompt(promptKey('question', null), soundOf(1500, 0.2));
    const done = room.join(500, { kind: 'ivr', step: 'thanks', prompt: 'bye' });
    const moved = room.join(700, { kind: 'ivr' });
    room.run(15);
    room.mixer.place(moved.port, { kind: 'hold' });
    room.run(60);
    expect(room.mixer.takePrompted(done.port)).toBe(true);
    expect(room.mixer.questionOf(done.port)).toBe('elsewhere');
    expect(level(done, 1000)).toBeLessThan(-60);
    expect(room.mixer.takePrompted(moved.port)).toBe(false);
    expect(peakDb(Float32Array.from(moved.heard.slice(20 * 160)))).toBeLessThan(-100);
  });

  it('plays call-progress tones, and changes from one to the other', () => {
    const room = new Room();
    const caller = room.join(900, { kind: 'tone', tone: 'ringback' });
    room.run(100);
    expect(peakDb(Float32Array.from(caller.heard.slice(1600, 6400)))).toBeGreaterThan(-20);
    expect(peakDb(Float32Array.from(caller.heard.slice(-4800)))).toBeLessThan(-100);
    room.mixer.place(caller.port, { kind: 'tone', tone: 'busy' });
    room.settle(1);
    room.run(100);
    const gapMs = longestGapMs(Float32Array.from(caller.heard), 8000, -60);
    expect(gapMs).toBeGreaterThan(480);
    expect(gapMs).toBeLessThan(520);
  });

  it('plays music on hold when the station wants it, and only there', () => {
    const room = mixedRoom();
    const waiting = room.join(2000, { kind: 'hold' });
    const samples = Int16Array.from({ length: 48000 }, (_, index) =>
      Math.round(3276.8 * Math.sin((2 * Math.PI * 3000 * index) / 48000)),
    );
    room.mixer.music({ samples, sampleRate: 48000 });
    room.mixer.hold('music');
    room.settle();
    room.run(25);
    expect(level(waiting, 3000)).toBeCloseTo(-20, 0);
    expect(level(waiting, 440)).toBeLessThan(-90);
    expect(level(room.parties[0]!, 3000)).toBeLessThan(-90);
  });
});

describe('whisper', () => {
  /** Party 1 whispers to party 0; 2 is at another rate, 5 the host, 6 on hold, 7 at the transmitter. */
  function whisperingRoom(): Room {
    const room = mixedRoom();
    room.join(2000, { kind: 'hold' });
    room.join(2300, { kind: 'program' });
    room.mixer.program({ isOnAir: true });
    room.settle();
    room.mixer.whisper(1, 0);
    return room;
  }

  it('is heard by whom it is for, and by nobody else: not the air, not the program', () => {
    const room = whisperingRoom();
    room.settle(1 + SETTLE_FRAMES);
    room.run(25);
    const whisperer = room.parties[1]!;
    expect(Math.abs(level(room.parties[0]!, whisperer.hz) - TONE_DB)).toBeLessThan(0.5);
    for (const listener of room.parties.slice(1)) expect(level(listener, whisperer.hz)).toBeLessThan(-90);
    for (const bus of [room.program, room.air]) {
      expect(toneLevelDb(Float32Array.from(bus), 48000, whisperer.hz)).toBeLessThan(-90);
    }
    // Everything else stays.
    for (const listener of room.parties.slice(0, 6)) {
      expect(level(listener, listener.hz)).toBeLessThan(TONE_DB - 80);
      for (const { hz } of room.parties.slice(0, 6)) {
        if (hz === listener.hz || hz === whisperer.hz) continue;
        expect(Math.abs(level(listener, hz) - TONE_DB)).toBeLessThan(0.5);
      }
    }
  });

  it('reaches a listener at another rate', () => {
    const room = mixedRoom();
    room.mixer.whisper(1, 3);
    room.mixer.whisper(3, 2);
    room.settle();
    room.run(25);
    expect(Math.abs(level(room.parties[3]!, 610) - TONE_DB)).toBeLessThan(0.5);
    expect(Math.abs(level(room.parties[2]!, 1130) - TONE_DB)).toBeLessThan(0.5);
    expect(level(room.parties[2]!, 610)).toBeLessThan(-90);
    expect(level(room.parties[0]!, 1130)).toBeLessThan(-90);
  });

  const ENDINGS: [string, (room: Room) => void][] = [
    ['it is ended', (room) => room.mixer.whisper(1, null)],
    ['who was whispered to is put on hold', (room) => room.mixer.place(0, { kind: 'hold' })],
    ['who was whispered to hangs up', (room) => room.mixer.close(0)],
  ];
  for (const [ending, make] of ENDINGS) {
    it(`is over, and the voice on air again, when ${ending}`, () => {
      const room = whisperingRoom();
      room.settle();
      make(room);
      room.settle();
      room.run(25);
      expect(Math.abs(level(room.parties[4]!, 610) - TONE_DB)).toBeLessThan(0.5);
      expect(level(room.parties[1]!, 610)).toBeLessThan(TONE_DB - 80);
      room.mixer.place(0, { kind: 'air' });
      room.settle();
      room.run(25);
      expect(Math.abs(level(room.parties[4]!, 610) - TONE_DB)).toBeLessThan(0.5);
    });
  }

  it('is over in the frame in which who whispers leaves the air, and stays so', () => {
    const room = whisperingRoom();
    room.settle();
    room.mixer.place(1, { kind: 'monitor' });
    room.settle(1 + SETTLE_FRAMES);
    room.run(25);
    for (const listener of room.parties) expect(level(listener, 610)).toBeLessThan(-90);
    room.mixer.place(1, { kind: 'air' });
    room.settle();
    room.run(25);
    expect(Math.abs(level(room.parties[4]!, 610) - TONE_DB)).toBeLessThan(0.5);
  });

  it('is not begun with who is not on air', () => {
    const room = mixedRoom();
    const waiting = room.join(2000, { kind: 'hold' });
    room.mixer.whisper(1, waiting.port);
    room.mixer.whisper(waiting.port, 1);
    room.mixer.whisper(5, 0);
    room.settle();
    room.run(25);
    expect(Math.abs(level(room.parties[0]!, 610) - TONE_DB)).toBeLessThan(0.5);
    expect(level(room.parties[1]!, 2000)).toBeLessThan(-90);
  });

  it('keeps the own tone out of what the two hear while it begins and ends again and again', () => {
    const heard = (isSpeakerMute: boolean): Float32Array => {
      const room = mixedRoom();
      room.settle();
      for (let step = 0; step < 30; step++) {
        room.mixer.whisper(1, step % 3 === 0 ? null : (step % 4) * (step % 2));
        if (isSpeakerMute) room.mixer.levels(1, { isInMuted: true });
        room.run(1);
      }
      return Float32Array.from(room.parties[1]!.heard);
    };
    const withOwn = heard(false);
    const withoutOwn = heard(true);
    expect(peakDb(withOwn.map((value, index) => value - withoutOwn[index]!))).toBeLessThan(TONE_DB - 80);
  });

  it('goes on when the rate of one of the two changes', () => {
    for (const changed of [0, 1]) {
      const room = whisperingRoom();
      room.settle();
      room.mixer.fadeOut(changed);
      room.settle(1);
      room.mixer.open(changed, 16000);
      room.parties[changed] = new Party(changed, room.parties[changed]!.hz, 16000);
      room.settle();
      room.run(25);
      expect(Math.abs(level(room.parties[0]!, 610) - TONE_DB)).toBeLessThan(0.5);
      expect(level(room.parties[4]!, 610)).toBeLessThan(-90);
    }
  });
});

describe('levels', () => {
  it('sets what a leg says and what it hears', () => {
    const room = new Room();
    const first = room.join(500, { kind: 'air' });
    const second = room.join(900, { kind: 'air' });
    room.mixer.levels(first.port, { inDb: -10 });
    room.mixer.levels(second.port, { outDb: 6 });
    room.settle();
    room.run(25);
    expect(level(second, 500)).toBeCloseTo(TONE_DB - 4, 1);
    expect(level(first, 900)).toBeCloseTo(TONE_DB, 1);
    room.mixer.levels(second.port, { isOutMuted: true });
    room.mixer.levels(second.port, { isInMuted: true });
    room.settle();
    room.run(10);
    expect(peakDb(Float32Array.from(first.heard))).toBeLessThan(-100);
    expect(peakDb(Float32Array.from(second.heard))).toBeLessThan(-100);
  });

  it('meters what is said, heard, mixed and sent', () => {
    const room = mixedRoom();
    room.settle(30);
    const meter: [number, number] = [0, 0];
    room.meterBlock.readIn(0, meter);
    expect(meter[0]).toBeCloseTo(TONE_DB, 0);
    expect(meter[1]).toBeCloseTo(TONE_DB - 3, 0);
    room.meterBlock.readOut(0, meter);
    expect(meter[1]).toBeCloseTo(TONE_DB - 3 + 10 * Math.log10(5), 0);
    room.meterBlock.readProgram(meter);
    expect(meter[1]).toBeCloseTo(TONE_DB - 3 + 10 * Math.log10(6), 0);
    room.meterBlock.readAir(meter);
    expect(meter[1]).toBe(-100);
    room.mixer.close(0);
    room.meterBlock.readIn(0, meter);
    expect(meter[0]).toBe(-100);
  });
});

describe('changes', () => {
  const CHANGES: [string, (room: Room) => void][] = [
    ['a mute', (room) => room.mixer.levels(1, { isInMuted: true })],
    ['a fader', (room) => room.mixer.levels(1, { inDb: 10 })],
    ['a fader of what is heard', (room) => room.mixer.levels(0, { outDb: -20 })],
    ['the mute of what is heard', (room) => room.mixer.levels(0, { isOutMuted: true })],
    ['another leg that leaves for hold', (room) => room.mixer.place(1, { kind: 'hold' })],
    ['another leg that is put in silence', (room) => room.mixer.place(3, { kind: 'silence' })],
    ['going to hold itself', (room) => room.mixer.place(0, { kind: 'hold' })],
    ['going to silence itself', (room) => room.mixer.place(0, { kind: 'silence' })],
    ['going to monitor itself', (room) => room.mixer.place(0, { kind: 'monitor' })],
    ['another leg that is kept off air', (room) => room.mixer.keepOffAir(2, true)],
    ['another leg that hangs up', (room) => room.mixer.fadeOut(2)],
    ['hanging up', (room) => room.mixer.fadeOut(0)],
    ['a whisper to it', (room) => room.mixer.whisper(3, 0)],
    ['a whisper to another', (room) => room.mixer.whisper(1, 2)],
    ['whispering itself', (room) => room.mixer.whisper(0, 1)],
  ];
  for (const [change, make] of CHANGES) {
    it(`make no click: ${change}`, () => {
      const room = mixedRoom();
      const [listener] = room.parties;
      room.settle();
      room.run(12);
      make(room);
      room.run(12);
      const tones = room.parties.map((party) => party.hz);
      expect(clickDb(listener!, tones)).toBeLessThan(-50);
    });
  }

  it('make no click on hold: master level, master mute', () => {
    const room = mixedRoom();
    const waiting = room.join(2000, { kind: 'hold' });
    room.settle();
    room.run(12);
    room.mixer.program({ levelDb: -12 });
    room.run(12);
    room.mixer.program({ isMuted: true });
    room.run(12);
    expect(
      clickDb(
        waiting,
        room.parties.map((party) => party.hz),
      ),
    ).toBeLessThan(-50);
  });

  it('make no click when a pair forms and goes to air in one step', () => {
    const room = mixedRoom();
    room.settle();
    room.run(12);
    room.mixer.place(0, { kind: 'private', with: 3 });
    room.mixer.place(3, { kind: 'private', with: 0 });
    room.run(12);
    room.mixer.place(0, { kind: 'air' });
    room.mixer.place(3, { kind: 'air' });
    room.run(12);
    const tones = room.parties.map((party) => party.hz);
    for (const listener of room.parties) expect(clickDb(listener, tones)).toBeLessThan(-50);
  });

  it('are told apart from a click by this detector', () => {
    const room = mixedRoom();
    const [listener] = room.parties;
    room.settle();
    room.run(24);
    for (let index = 2000; index < 2200; index++) listener!.heard[index] = 0;
    expect(
      clickDb(
        listener!,
        room.parties.map((party) => party.hz),
      ),
    ).toBeGreaterThan(-50);
  });

  it('keep place and levels when the rate changes', () => {
    const room = mixedRoom();
    const [first, second] = room.parties;
    room.mixer.levels(0, { inDb: -6 });
    room.settle();
    room.mixer.fadeOut(0);
    room.settle(1);
    room.mixer.open(0, 16000);
    const widened = new Party(0, 440, 16000);
    room.parties[0] = widened;
    room.settle();
    room.run(25);
    expect(first!.heard.length).toBe(0);
    expect(level(second!, 440)).toBeCloseTo(TONE_DB - 6, 0);
    expect(level(widened, 440)).toBeLessThan(TONE_DB - 80);
    expect(level(widened, 1130)).toBeCloseTo(TONE_DB, 0);
  });
});

describe('a call to a transmitter site', () => {
  it('hears the program behind the delay or before it, as it is set', () => {
    const room = new Room();
    room.mixer.delay.give(BroadcastDelay.allocate());
    room.mixer.program({ isOnAir: true });
    room.join(700, { kind: 'air' }, 48_000);
    const [delayed, before] = [
      room.join(0, { kind: 'program' }),
      room.join(0, { kind: 'program', isDelayed: false }),
    ];
    room.mixer.delay.setTarget(2_000);
    room.settle(400);
    room.run(20);
    expect(level(delayed, 700)).toBeCloseTo(level(before, 700), 0);
    room.mixer.program({ isOnAir: false });
    room.settle(3);
    room.run(10);
    expect(level(before, 700)).toBeLessThan(-90);
    expect(level(delayed, 700)).toBeGreaterThan(-30);
  });
});

describe('those who may hear the same as others', () => {
  it('are all who give nothing to what they hear, to the last bit', () => {
    const room = new Room();
    const speaker = room.join(400, { kind: 'air' });
    const muted = room.join(500, { kind: 'air' });
    room.mixer.levels(muted.port, { isInMuted: true });
    const others = [
      room.join(600, { kind: 'air' }),
      room.join(700, { kind: 'hold' }),
      room.join(800, { kind: 'monitor' }),
    ];
    room.mixer.levels(others[0]!.port, { isInMuted: true });
    room.run(SETTLE_FRAMES);
    expect(room.mixer.isShared(speaker.port)).toBe(false);
    for (const { port } of [muted, ...others]) expect(room.mixer.isShared(port)).toBe(true);
    expect(room.mixer.output(others[0]!.port)).toEqual(room.mixer.output(muted.port));
    expect(room.mixer.output(others[2]!.port)).toEqual(room.mixer.output(others[1]!.port));
    expect(room.mixer.output(speaker.port)).not.toEqual(room.mixer.output(muted.port));
  });
});
