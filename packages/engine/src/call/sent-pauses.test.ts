/** What is sent in pauses, packet for packet, and what the far end makes of it with the receiver of our own. */
import { describe, expect, it } from 'vitest';
import { pcma, pcmu } from '../codecs/g711.ts';
import { createRtpView, parseRtp, type RtpView } from '../rtp/packet.ts';
import { RtpReceiver } from '../rtp/receiver.ts';
import { IncomingStream } from './incoming-stream.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { SEND_NOTHING, SEND_SOUND, SentPauses } from './sent-pauses.ts';

const CN = 13;
const NOTHING = 0;
const VOICE = 0.1;

/** A square wave: its level is its amplitude, whatever its frequency. */
function square(amplitude: number): Float32Array {
  return Float32Array.from({ length: 160 }, (_, index) => (index % 8 < 4 ? amplitude : -amplitude));
}

function levelDb(frame: Float32Array): number {
  return 10 * Math.log10(frame.reduce((sum, value) => sum + value * value, 0) / frame.length);
}

/** What take() says, for so many packets of 20 ms. */
function taken(pauses: SentPauses, amplitude: number, packets: number): number[] {
  return Array.from({ length: packets }, () => pauses.take(square(amplitude), 160, 20));
}

interface Packet extends RtpView {
  bytes: Uint8Array;
  atTick: number;
}

/** A stream of which every tick pushes one frame. */
class Line {
  readonly packets: Packet[] = [];
  readonly stream = new OutgoingStream((bytes, length) => {
    const view = createRtpView();
    parseRtp(bytes, length, view);
    this.packets.push({ ...view, bytes: bytes.slice(0, length), atTick: this.#tick });
  });
  #tick = 0;

  push(amplitude: number, ticks: number): Packet[] {
    const before = this.packets.length;
    for (let count = 0; count < ticks; count++, this.#tick++) this.stream.push(square(amplitude), 160);
    return this.packets.slice(before);
  }
}

function levels(packets: readonly Packet[]): number[] {
  return packets.map(({ bytes, payloadOffset }) => bytes[payloadOffset]!);
}

describe('what is a pause', () => {
  it('sound is never one, and silence only after 400 ms', () => {
    const pauses = new SentPauses();
    expect(new Set(taken(pauses, VOICE, 100))).toEqual(new Set([SEND_SOUND]));
    expect(taken(pauses, NOTHING, 22)).toEqual([
      ...Array.from({ length: 20 }, () => SEND_SOUND),
      127,
      SEND_NOTHING,
    ]);
    expect(taken(pauses, VOICE, 1)).toEqual([SEND_SOUND]);
    expect(taken(pauses, NOTHING, 20)).toEqual(Array.from({ length: 20 }, () => SEND_SOUND));
  });

  it('the noise of a quiet studio is sound', () => {
    expect(new Set(taken(new SentPauses(), 10 ** (-59 / 20), 100))).toEqual(new Set([SEND_SOUND]));
  });

  it.each([
    [61, 61],
    [66.4, 66],
    [66.6, 67],
    [96, 96],
    [140, 127],
  ])('−%d dBov is described as %d', (db, level) => {
    expect(taken(new SentPauses(), 10 ** (-db / 20), 21).at(-1)).toBe(level);
  });

  it('is described again every second', () => {
    const described = taken(new SentPauses(), NOTHING, 20 + 151).flatMap((what, packet) =>
      what >= 0 ? [packet - 20] : [],
    );
    expect(described).toEqual([0, 50, 100, 150]);
  });

  it('is described again when its level has changed by 3 dB, ten times a second at most', () => {
    const pauses = new SentPauses();
    taken(pauses, 10 ** (-80 / 20), 30);
    expect(taken(pauses, 10 ** (-78 / 20), 1)).toEqual([SEND_NOTHING]);
    expect(taken(pauses, 10 ** (-70 / 20), 3)).toEqual([70, SEND_NOTHING, SEND_NOTHING]);
    expect(taken(pauses, 10 ** (-90 / 20), 3)).toEqual([SEND_NOTHING, SEND_NOTHING, 90]);
  });
});

describe('a stream with comfort noise', () => {
  it('sends one byte a second, counts the time on, and marks the sound that comes back', () => {
    const line = new Line();
    line.stream.apply(pcmu, 0, 20, true, {}, CN);
    const [first] = line.push(VOICE, 50);
    expect(first!.isMarker).toBe(true);
    const pause = line.push(NOTHING, 20 + 100).slice(20);
    expect(pause.map((packet) => [packet.payloadType, packet.payloadLength, packet.isMarker])).toEqual([
      [CN, 1, false],
      [CN, 1, false],
    ]);
    expect(levels(pause)).toEqual([127, 127]);
    const back = line.push(VOICE, 3);
    expect(back.map(({ payloadType, isMarker }) => [payloadType, isMarker])).toEqual([
      [0, true],
      [0, false],
      [0, false],
    ]);
    for (const packet of line.packets) {
      expect((packet.timestamp - first!.timestamp) >>> 0).toBe(packet.atTick * 160);
    }
    const sequences = line.packets.map(({ sequence }) => (sequence - first!.sequence) & 0xffff);
    expect(sequences).toEqual(line.packets.map((_, index) => index));
  });

  it('is the packet of RFC 3389 to the byte', () => {
    const line = new Line();
    line.stream.apply(pcmu, 0, 20, true, {}, CN);
    const [packet] = line.push(10 ** (-66 / 20), 21).slice(20);
    const { bytes, sequence, timestamp } = packet!;
    const header = new DataView(bytes.buffer);
    expect([...bytes.subarray(0, 2), ...bytes.subarray(12)]).toEqual([0x80, CN, 66]);
    expect([header.getUint16(2), header.getUint32(4)]).toEqual([sequence, timestamp >>> 0]);
    expect(header.getInt32(8)).toBe(line.stream.ssrc);
  });

  it('in packets of 60 ms as well', () => {
    const line = new Line();
    line.stream.apply(pcmu, 0, 60, true, {}, CN);
    const packets = line.push(NOTHING, 3 * 26);
    expect(packets.map(({ payloadType }) => payloadType)).toEqual([...Array(7).fill(0), CN, CN]);
    const [before, last] = packets.slice(-2);
    expect((last!.timestamp - before!.timestamp) >>> 0).toBe(17 * 480);
  });

  it('without it, and after it was taken away, silence is sent as it is', () => {
    const line = new Line();
    line.stream.apply(pcmu, 0, 20, true);
    expect(line.push(NOTHING, 100)).toHaveLength(100);
    line.stream.apply(pcmu, 0, 20, true, {}, CN);
    expect(line.push(NOTHING, 100).length).toBeLessThan(30);
    line.stream.apply(pcmu, 0, 20, true);
    expect(line.push(NOTHING, 100).map(({ payloadType }) => payloadType)).toEqual(Array(100).fill(0));
  });

  it('another codec, and a hold, begin with sound', () => {
    const line = new Line();
    line.stream.apply(pcmu, 0, 20, true, {}, CN);
    line.push(NOTHING, 100);
    line.stream.apply(pcma, 8, 20, true, {}, CN);
    expect(line.push(NOTHING, 1)).toMatchObject([{ payloadType: 8, isMarker: true }]);
    line.push(NOTHING, 100);
    line.stream.apply(pcma, 8, 20, false, {}, CN);
    expect(line.push(NOTHING, 10)).toEqual([]);
    line.stream.apply(pcma, 8, 20, true, {}, CN);
    expect(line.push(NOTHING, 1)).toMatchObject([{ payloadType: 8, isMarker: true }]);
  });

  it('describes the pause to all for whom it encodes, and who leaves goes on in it', () => {
    const [leader, follower, plain] = [new Line(), new Line(), new Line()];
    leader.stream.apply(pcmu, 0, 20, true, {}, CN);
    follower.stream.apply(pcmu, 0, 20, true, {}, 98);
    plain.stream.apply(pcmu, 0, 20, true);
    expect(plain.stream.isLike(leader.stream)).toBe(false);
    expect(follower.stream.isLike(leader.stream)).toBe(true);
    follower.stream.join(leader.stream);
    leader.push(NOTHING, 20 + 60);
    expect(follower.packets.map(({ payloadType }) => payloadType)).toEqual([...Array(20).fill(0), 98, 98]);
    follower.stream.leave();
    expect(follower.push(NOTHING, 45)).toMatchObject([{ payloadType: 98 }]);
    expect(follower.push(VOICE, 1)).toMatchObject([{ payloadType: 0, isMarker: true }]);
  });
});

describe('at the far end', () => {
  it('is noise of the level that was described, without a gap or a loss, and the sound comes back whole', () => {
    const line = new Line();
    line.stream.apply(pcmu, 0, 20, true, {}, CN);
    const receiver = new RtpReceiver();
    receiver.expect({
      remoteAddress: '192.0.2.1',
      remotePort: 4000,
      payloadType: 0,
      dtmfPayloadType: null,
      clockRate: 8000,
    });
    const heard = new IncomingStream(pcmu, 20);
    const frame = new Float32Array(160);
    let nowMs = 0;
    const run = (amplitude: number, ticks: number): Float32Array[] =>
      Array.from({ length: ticks }, () => {
        for (const packet of line.push(amplitude, 1)) {
          const code = receiver.accept(packet, '192.0.2.1', 4000, nowMs);
          if (code === 'comfort_noise') {
            heard.buffer.noteOther(packet.sequence);
            heard.comfortNoise(-packet.bytes[packet.payloadOffset]!);
          } else heard.receive(packet.bytes, packet, code === 'restart', nowMs);
        }
        heard.pull(frame, 160, nowMs);
        nowMs += 20;
        return frame.slice();
      });
    run(VOICE, 100);
    const pause = run(10 ** (-64 / 20), 200).slice(100);
    const middleDb = pause.map(levelDb).toSorted((one, other) => one - other)[50]!;
    expect(middleDb).toBeGreaterThan(-66);
    expect(middleDb).toBeLessThan(-62);
    expect(Math.max(...pause.map(levelDb))).toBeLessThan(-58);
    const back = run(VOICE, 100);
    expect(levelDb(back.at(-1)!)).toBeCloseTo(-20, 0);
    expect(heard.buffer).toMatchObject({ lost: 0, late: 0 });
  });
});
