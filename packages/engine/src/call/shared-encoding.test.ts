import { describe, expect, it } from 'vitest';
import type { Codec, Decoder, Encoder } from '../codecs/codec.ts';
import { pcmu } from '../codecs/g711.ts';
import { createRtpView, parseRtp } from '../rtp/packet.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import { SharedEncoding } from './shared-encoding.ts';

const HALF_A_SECOND = 25;

/** A packet needs the one before it: its second byte is how many its encoder has made. */
class CountingEncoder implements Encoder {
  readonly #codec: CountingCodec;
  #made = 0;

  constructor(codec: CountingCodec) {
    this.#codec = codec;
  }

  encode(pcm: Float32Array, _samples: number, out: Uint8Array, offset: number): number {
    this.#codec.encoded++;
    out[offset] = Math.round(pcm[0]! * 100);
    out[offset + 1] = ++this.#made;
    return 2;
  }

  takeOver(other: CountingEncoder): void {
    this.#made = other.#made;
  }

  join(): boolean {
    return this.#codec.isReady;
  }
}

class CountingCodec implements Codec {
  readonly name = 'PCMU';
  readonly clockRate = 8000;
  readonly sampleRate = 8000;
  readonly staticPayloadType = 0;
  encoded = 0;
  isReady = true;

  maxBytes(samples: number): number {
    return samples;
  }

  createDecoder(): Decoder {
    return pcmu.createDecoder();
  }

  createEncoder(): Encoder {
    return new CountingEncoder(this);
  }
}

interface Packet {
  sound: number;
  made: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payloadType: number;
}

/** Legs that hear a constant each. */
class Listeners {
  readonly codec = new CountingCodec();
  readonly sounds: number[];
  readonly legs: { port: number; outgoing: OutgoingStream }[];
  readonly packets: Packet[][];
  readonly #sharing = new SharedEncoding();

  constructor(sounds: number[], packetMs: number[] = []) {
    this.sounds = sounds;
    this.packets = sounds.map(() => []);
    this.legs = sounds.map((_, port) => {
      const outgoing = new OutgoingStream((bytes, length) => this.#send(port, bytes, length));
      outgoing.apply(this.codec, port, packetMs[port] ?? 20, true);
      return { port, outgoing };
    });
  }

  run(ticks: number): void {
    for (let tick = 0; tick < ticks; tick++) {
      const frames = this.sounds.map((sound) => new Float32Array(160).fill(sound));
      this.#sharing.arrange(this.legs, {
        output: (port) => frames[port]!,
        isShared: (port) => this.sounds[port] !== 0,
      });
      for (const { port, outgoing } of this.legs) outgoing.push(frames[port]!, 160);
    }
  }

  /** How often is encoded in so many ticks. */
  encodedIn(ticks: number): number {
    const before = this.codec.encoded;
    this.run(ticks);
    return this.codec.encoded - before;
  }

  #send(port: number, bytes: Uint8Array, length: number): void {
    const view = createRtpView();
    parseRtp(bytes, length, view);
    const { sequence, timestamp, ssrc, payloadType, payloadOffset } = view;
    const sound = bytes[payloadOffset]! / 100;
    this.packets[port]!.push({
      sound,
      made: bytes[payloadOffset + 1]!,
      sequence,
      timestamp,
      ssrc,
      payloadType,
    });
    // As encryption does, where it lies.
    bytes.fill(0xff, 0, length);
  }
}

/** Nobody missed a packet of an encoder, or was given one of another that it has not followed. */
function expectEvenPackets({ packets }: Listeners, port: number, stepSamples = 160): void {
  for (const [index, packet] of packets[port]!.slice(1).entries()) {
    const before = packets[port]![index]!;
    expect((packet.sequence - before.sequence) & 0xffff).toBe(1);
    expect((packet.timestamp - before.timestamp) >>> 0).toBe(stepSamples);
    expect(packet.ssrc).toBe(before.ssrc);
    expect(packet.made - before.made, `packet ${index + 1} of leg ${port}`).toBe(1);
  }
}

describe('what is encoded once for those who hear the same', () => {
  it('is sent to each in packets of its own', () => {
    const listeners = new Listeners([0.5, 0.5, 0.5]);
    expect(listeners.encodedIn(HALF_A_SECOND)).toBe(3 * HALF_A_SECOND);
    listeners.run(1);
    expect(listeners.encodedIn(20)).toBe(20);
    for (const port of [0, 1, 2]) {
      expectEvenPackets(listeners, port);
      expect(listeners.packets[port]!.every(({ sound }) => sound === 0.5)).toBe(true);
      expect(listeners.packets[port]!.every(({ payloadType }) => payloadType === port)).toBe(true);
    }
    expect(new Set(listeners.packets.map((packets) => packets[0]!.ssrc)).size).toBe(3);
  });

  it('is never what somebody hears who says something', () => {
    const listeners = new Listeners([0, 0, 0.5]);
    listeners.run(2 * HALF_A_SECOND);
    expect(listeners.encodedIn(10)).toBe(30);
  });

  it('waits for the codec to be ready', () => {
    const listeners = new Listeners([0.5, 0.5]);
    listeners.codec.isReady = false;
    listeners.run(2 * HALF_A_SECOND);
    expect(listeners.encodedIn(10)).toBe(20);
    listeners.codec.isReady = true;
    listeners.run(1);
    expect(listeners.encodedIn(10)).toBe(10);
  });

  it('ends in the very tick in which one hears something else, and the others go on', () => {
    const listeners = new Listeners([0.5, 0.5, 0.5]);
    listeners.run(2 * HALF_A_SECOND);
    listeners.sounds[1] = 0.8;
    listeners.run(1);
    expect(listeners.packets.map((packets) => packets.at(-1)!.sound)).toEqual([0.5, 0.8, 0.5]);
    expect(listeners.encodedIn(10)).toBe(20);
    for (const port of [0, 1, 2]) expectEvenPackets(listeners, port);
  });

  it('is led on by another when its leader hears something else, so that no two begin to encode', () => {
    const listeners = new Listeners([0.5, 0.5, 0.5, 0.5]);
    listeners.run(2 * HALF_A_SECOND);
    listeners.sounds[0] = 0.8;
    expect(listeners.encodedIn(10)).toBe(20);
    expect(listeners.packets.map((packets) => packets.at(-1)!.sound)).toEqual([0.8, 0.5, 0.5, 0.5]);
    for (const port of [0, 1, 2, 3]) expectEvenPackets(listeners, port);
  });

  it('is led on by another when its leader hangs up or changes its codec', () => {
    const listeners = new Listeners([0.5, 0.5, 0.5, 0.5]);
    listeners.run(2 * HALF_A_SECOND);
    listeners.legs.shift()!.outgoing.close();
    expect(listeners.encodedIn(10)).toBe(10);
    listeners.legs.shift()!.outgoing.apply(pcmu, 0, 20, true);
    expect(listeners.encodedIn(10)).toBe(10);
    for (const port of [2, 3]) {
      expectEvenPackets(listeners, port);
      expect(listeners.packets[port]!.length).toBe(2 * HALF_A_SECOND + 20);
    }
  });

  it('goes on when all of them hear something else together', () => {
    const listeners = new Listeners([0.5, 0.5, 0.5]);
    listeners.run(2 * HALF_A_SECOND);
    listeners.sounds.fill(0.2);
    expect(listeners.encodedIn(10)).toBe(10);
    expect(listeners.packets.map((packets) => packets.at(-1)!.sound)).toEqual([0.2, 0.2, 0.2]);
  });

  it('takes those in who were encoded together elsewhere', () => {
    const listeners = new Listeners([0.5, 0.5, 0.8, 0.8]);
    listeners.run(2 * HALF_A_SECOND);
    expect(listeners.encodedIn(10)).toBe(20);
    listeners.sounds.fill(0.5);
    listeners.run(HALF_A_SECOND + 1);
    expect(listeners.encodedIn(10)).toBe(10);
    expect(listeners.packets.map((packets) => packets.at(-1)!.sound)).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it('is for packets of one length; one who leaves in the middle of a packet misses nothing', () => {
    const listeners = new Listeners([0.5, 0.5, 0.5], [40, 40, 20]);
    listeners.run(2 * HALF_A_SECOND + 3);
    expect(listeners.encodedIn(20)).toBe(30);
    listeners.sounds[1] = 0.8;
    expect(listeners.encodedIn(20)).toBe(40);
    expectEvenPackets(listeners, 0, 320);
    expectEvenPackets(listeners, 1, 320);
    expectEvenPackets(listeners, 2, 160);
  });

  it('is for the same settings, and one whose settings change encodes for itself', () => {
    const listeners = new Listeners([0.5, 0.5, 0.5]);
    listeners.run(2 * HALF_A_SECOND);
    listeners.legs[0]!.outgoing.set({ bitrate: 32_000 });
    expect(listeners.encodedIn(10)).toBe(20);
    listeners.legs[1]!.outgoing.apply(listeners.codec, 1, 20, false);
    expect(listeners.encodedIn(10)).toBe(20);
    expectEvenPackets(listeners, 2);
  });
});
