import { describe, expect, it } from 'vitest';
import { MeterBlock } from '../audio/meter-block.ts';
import { Mixer } from '../audio/mixer.ts';
import { RecorderTap } from '../audio/recorder-tap.ts';
import { SharedRing } from '../audio/shared-ring.ts';
import { largestClickDb, longestGapMs, peakDb, toneLevelDb } from '../audio/tone-analysis.ts';
import { findCodec } from '../codecs/registry.ts';
import { createRtpView, parseRtp, writeRtpHeader } from '../rtp/packet.ts';
import type { SocketIo, SocketPair } from '../rtp/socket-io.ts';
import type { MediaEvent, StreamCodec, StreamParameters } from './media-plane.ts';
import { Pipeline } from './pipeline.ts';
import { QualityBlock } from './quality-block.ts';

const MAX_PORTS = 4;

/** What would be on the wire. */
class WireIo implements SocketIo {
  readonly closed: number[] = [];
  onSent: (port: number, bytes: Uint8Array, remotePort: number) => void = () => undefined;
  rtcpSent = 0;

  async open(): Promise<SocketPair> {
    return { rtpPort: 4000, rtcpPort: 4001 };
  }

  receive(): void {}

  sendRtp(port: number, bytes: Uint8Array, length: number, _address: string, remotePort: number): void {
    this.onSent(port, bytes.slice(0, length), remotePort);
  }

  sendRtcp(): void {
    this.rtcpSent++;
  }

  async close(port: number): Promise<void> {
    this.closed.push(port);
  }
}

/** A far end in the same fake time: its tone goes into the pipeline, what it is sent is decoded. */
class FarEnd {
  heard: number[] = [];
  codec = findCodec('PCMU')!;
  payloadType = 0;
  isTalking = true;
  /** A second tone, for DTMF. */
  secondHz = 0;
  dtmfPayloadType: number | null = 101;
  remotePort: number;
  readonly port: number;
  readonly hz: number;
  readonly view = createRtpView();
  #sequence = 65_530;
  #timestamp = 0xffff_ff00;
  #seconds = 0;

  constructor(port: number, hz: number) {
    this.port = port;
    this.hz = hz;
    this.remotePort = 7000 + port;
  }

  get parameters(): StreamParameters {
    return {
      codec: this.codec.name,
      payloadTypeOut: this.payloadType,
      payloadTypeIn: this.payloadType,
      dtmfPayloadType: this.dtmfPayloadType,
      ptimeMs: 20,
      remoteAddress: '10.0.0.1',
      remotePort: 7000 + this.port,
      remoteRtcpPort: 8000 + this.port,
      isRtcpMux: false,
      isSending: true,
      isReceiving: true,
    };
  }

  packet(): Uint8Array {
    const { codec } = this;
    const samples = codec.sampleRate / 50;
    const pcm = Float32Array.from({ length: samples }, (_, index) => {
      const phase = 2 * Math.PI * (this.#seconds + index / codec.sampleRate);
      return 0.2 * Math.sin(this.hz * phase) + 0.2 * Math.sin(this.secondHz * phase);
    });
    this.#seconds += 0.02;
    const bytes = new Uint8Array(12 + codec.maxBytes(samples));
    writeRtpHeader(bytes, 0, this.payloadType, false, this.#sequence, this.#timestamp, 99 + this.port);
    codec.createEncoder().encode(pcm, samples, bytes, 12);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + samples) >>> 0;
    return bytes;
  }

  hear(bytes: Uint8Array): void {
    if (parseRtp(bytes, bytes.length, this.view) !== 'ok') return;
    const codec = findCodec(this.view.payloadType === 96 ? 'L16' : 'PCMU')!;
    const pcm = new Float32Array(960);
    const { payloadOffset, payloadLength } = this.view;
    const samples = codec.createDecoder().decode(bytes, payloadOffset, payloadLength, pcm, 0);
    this.heard.push(...pcm.subarray(0, samples));
  }
}

function numbersOf(codec: string, payloadType: number): StreamCodec {
  return { codec, payloadTypeIn: payloadType, payloadTypeOut: payloadType, dtmfPayloadType: 101 };
}

class Bench {
  readonly io = new WireIo();
  readonly events: MediaEvent[] = [];
  readonly farEnds: FarEnd[] = [];
  readonly quality = new QualityBlock(QualityBlock.allocate(MAX_PORTS));
  readonly mixer = new Mixer(MAX_PORTS, new MeterBlock(MeterBlock.allocate(MAX_PORTS), MAX_PORTS));
  readonly pipeline: Pipeline;
  nowMs = 1000;

  constructor() {
    const taps = new RecorderTap(new SharedRing(SharedRing.allocate(1 << 16)));
    this.pipeline = new Pipeline({
      maxPorts: MAX_PORTS,
      io: this.io,
      mixer: this.mixer,
      taps,
      quality: this.quality,
      report: (event) => this.events.push(event),
      nowMs: () => this.nowMs,
    });
    this.io.onSent = (port, bytes) => this.farEnds[port]?.hear(bytes);
  }

  join(hz: number): FarEnd {
    const farEnd = new FarEnd(this.farEnds.length, hz);
    this.farEnds.push(farEnd);
    this.pipeline.open(farEnd.port);
    this.pipeline.stream(farEnd.port, farEnd.parameters);
    return farEnd;
  }

  run(ticks: number, skippedTicks = 0): void {
    for (let tick = 0; tick < ticks; tick++) {
      for (const farEnd of this.farEnds) {
        if (!farEnd.isTalking) continue;
        const bytes = farEnd.packet();
        this.pipeline.onRtp(farEnd.port, bytes, bytes.length, '10.0.0.1', farEnd.remotePort);
      }
      this.nowMs += 20;
      this.pipeline.tick(tick === 0 ? skippedTicks : 0);
    }
  }

  forget(): void {
    for (const farEnd of this.farEnds) farEnd.heard = [];
  }
}

function onAir(...ports: number[]): { port: number; place: { kind: 'air' } }[] {
  return ports.map((port) => ({ port, place: { kind: 'air' } }));
}

describe('the pipeline', () => {
  it('carries sound from packet to packet, across wrapping sequence and timestamp', () => {
    const bench = new Bench();
    const [first, second] = [bench.join(500), bench.join(900)];
    bench.pipeline.place(onAir(0, 1));
    bench.run(20);
    bench.forget();
    bench.run(50);
    const heard = Float32Array.from(first.heard);
    expect(heard.length).toBe(8000);
    expect(toneLevelDb(heard, 8000, 900)).toBeCloseTo(-14, 0);
    expect(toneLevelDb(heard, 8000, 500)).toBeLessThan(-60);
    expect(toneLevelDb(Float32Array.from(second.heard), 8000, 500)).toBeCloseTo(-14, 0);
    expect(bench.quality.read(0)).toMatchObject({ packetsLost: 0, packetsRejected: 0, framesConcealed: 0 });
  });

  it('reports the first sound once, and again when the leg leaves silence', () => {
    const bench = new Bench();
    bench.join(500);
    bench.run(10);
    expect(bench.events).toEqual([{ type: 'media', port: 0 }]);
    bench.pipeline.place(onAir(0));
    bench.run(10);
    bench.pipeline.place([{ port: 0, place: { kind: 'hold' } }]);
    bench.run(10);
    expect(bench.events.length).toBe(2);
  });

  it('changes the rate of a leg in the call, without a click and without losing its place', () => {
    const bench = new Bench();
    const [first, second] = [bench.join(500), bench.join(900)];
    bench.pipeline.place(onAir(0, 1));
    bench.run(20);
    bench.forget();
    bench.run(10);
    second.codec = findCodec('L16')!;
    second.payloadType = 96;
    bench.pipeline.stream(1, second.parameters);
    bench.run(40);
    expect(largestClickDb(Float32Array.from(first.heard), 8000, [500, 900])).toBeLessThan(-50);
    expect(toneLevelDb(Float32Array.from(first.heard.slice(-3200)), 8000, 900)).toBeCloseTo(-14, 0);
    expect(second.view.payloadType).toBe(96);
    expect(toneLevelDb(Float32Array.from(second.heard.slice(-9600)), 48000, 500)).toBeCloseTo(-14, 0);
    expect(toneLevelDb(Float32Array.from(second.heard.slice(-9600)), 48000, 900)).toBeLessThan(-80);
  });

  it.each([
    ['PCMA', 8, 1, -50],
    // The rate changes too: faded out and in again, and concealed when the far end was two packets ahead.
    ['L16', 96, 20, -48],
  ])(
    'goes to %s without a gap, though the far end is quicker or slower than the command',
    (name, payloadType, gapMs, clickDb) => {
      for (const ticksLater of [-2, 0, 6]) {
        const bench = new Bench();
        const [first, second] = [bench.join(500), bench.join(900)];
        bench.pipeline.place(onAir(0, 1));
        bench.run(20);
        bench.forget();
        bench.run(10);
        const codec = findCodec(name)!;
        const changeFarEnd = () => Object.assign(second, { codec, payloadType });
        if (ticksLater < 0) changeFarEnd();
        bench.run(Math.max(0, -ticksLater));
        bench.pipeline.stream(1, { ...second.parameters, ...numbersOf(name, payloadType) });
        bench.run(Math.max(0, ticksLater));
        changeFarEnd();
        bench.run(30);
        const heard = Float32Array.from(first.heard);
        expect(longestGapMs(heard, 8000, -40)).toBeLessThan(gapMs);
        expect(largestClickDb(heard, 8000, [500, 900])).toBeLessThan(clickDb);
        expect(toneLevelDb(heard.subarray(-3200), 8000, 900)).toBeCloseTo(-14, 0);
        expect(bench.quality.read(1).packetsRejected).toBe(0);
      }
    },
  );

  it('follows a far end that changes among the codecs of its answer, and nobody else', () => {
    const bench = new Bench();
    const [first, second] = [bench.join(500), bench.join(900)];
    const codecs = { pcmu: numbersOf('PCMU', 0), l16: numbersOf('L16', 96) };
    bench.pipeline.stream(1, { ...second.parameters, agreedCodecs: [codecs.pcmu, codecs.l16] });
    bench.pipeline.place(onAir(0, 1));
    bench.run(20);
    const stranger = new FarEnd(1, 900);
    stranger.codec = findCodec('L16')!;
    stranger.payloadType = 96;
    for (let packet = 0; packet < 5; packet++) {
      const bytes = stranger.packet();
      bench.pipeline.onRtp(1, bytes, bytes.length, '10.6.6.6', 666);
    }
    bench.run(5);
    expect(second.view.payloadType).toBe(0);
    second.codec = findCodec('L16')!;
    second.payloadType = 96;
    bench.run(40);
    expect(toneLevelDb(Float32Array.from(first.heard.slice(-3200)), 8000, 900)).toBeCloseTo(-14, 0);
    expect(second.view.payloadType).toBe(96);
    second.codec = findCodec('PCMU')!;
    second.payloadType = 0;
    bench.run(40);
    expect(toneLevelDb(Float32Array.from(first.heard.slice(-3200)), 8000, 900)).toBeCloseTo(-14, 0);
  });

  it('fades out and leaves with its last figures when a port is closed', async () => {
    const bench = new Bench();
    const [first] = [bench.join(500), bench.join(900)];
    bench.pipeline.place(onAir(0, 1));
    bench.run(20);
    bench.forget();
    bench.run(10);
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.pipeline.close(1, resolve);
    bench.run(15);
    await promise;
    expect(bench.io.closed).toEqual([1]);
    expect(bench.io.rtcpSent).toBeGreaterThan(0);
    expect(bench.quality.read(1).packetsReceived).toBeGreaterThan(20);
    expect(largestClickDb(Float32Array.from(first.heard), 8000, [500, 900])).toBeLessThan(-50);
    expect(peakDb(Float32Array.from(first.heard.slice(-800)))).toBeLessThan(-60);
  });

  it('takes the pile-up of skipped ticks off again', () => {
    const bench = new Bench();
    bench.join(500);
    bench.pipeline.place(onAir(0));
    bench.run(100);
    const before = bench.quality.read(0).bufferMs;
    for (let packet = 0; packet < 8; packet++) {
      const bytes = bench.farEnds[0]!.packet();
      bench.nowMs += 20;
      bench.pipeline.onRtp(0, bytes, bytes.length, '10.0.0.1', 7000);
    }
    bench.run(1, 8);
    bench.run(50);
    expect(Math.abs(bench.quality.read(0).bufferMs - before)).toBeLessThanOrEqual(20);
  });

  it('sends to where packets come from, not to where the SDP said', () => {
    const bench = new Bench();
    const farEnd = bench.join(500);
    const targets = new Set<number>();
    bench.io.onSent = (_port, _bytes, remotePort) => targets.add(remotePort);
    farEnd.isTalking = false;
    bench.run(5);
    expect([...targets]).toEqual([7000]);
    targets.clear();
    farEnd.isTalking = true;
    farEnd.remotePort = 41_000;
    bench.run(5);
    expect([...targets]).toEqual([41_000]);
  });

  it('keeps the hold music of a far end that holds off air, and takes it back to air after', () => {
    const bench = new Bench();
    const [first, second] = [bench.join(500), bench.join(900)];
    bench.pipeline.place(onAir(0, 1));
    bench.run(20);
    bench.forget();
    bench.run(10);
    bench.pipeline.stream(1, { ...second.parameters, isSending: false });
    bench.run(25);
    expect(largestClickDb(Float32Array.from(first.heard), 8000, [500, 900])).toBeLessThan(-50);
    expect(peakDb(Float32Array.from(first.heard.slice(-3200)))).toBeLessThan(-80);
    // In private its partner may well hear what is going on.
    bench.pipeline.place([
      { port: 0, place: { kind: 'private', with: 1 } },
      { port: 1, place: { kind: 'private', with: 0 } },
    ]);
    bench.run(25);
    expect(toneLevelDb(Float32Array.from(first.heard.slice(-3200)), 8000, 900)).toBeCloseTo(-14, 0);
    bench.pipeline.place(onAir(0, 1));
    bench.run(25);
    expect(peakDb(Float32Array.from(first.heard.slice(-3200)))).toBeLessThan(-80);
    bench.pipeline.stream(1, second.parameters);
    bench.run(25);
    expect(toneLevelDb(Float32Array.from(first.heard.slice(-3200)), 8000, 900)).toBeCloseTo(-14, 0);
  });

  it('keeps it off air too when the far end changes codec and rate with the hold', () => {
    const bench = new Bench();
    const [first, second] = [bench.join(500), bench.join(900)];
    bench.pipeline.place(onAir(0, 1));
    bench.run(20);
    second.codec = findCodec('L16')!;
    second.payloadType = 96;
    bench.pipeline.stream(1, { ...second.parameters, isSending: false });
    bench.run(25);
    expect(peakDb(Float32Array.from(first.heard.slice(-3200)))).toBeLessThan(-80);
  });

  it('brings to air a far end that never wanted to hear us: a studio link', () => {
    const bench = new Bench();
    const first = bench.join(500);
    bench.join(900);
    bench.pipeline.open(2);
    const link = new FarEnd(2, 1300);
    bench.farEnds.push(link);
    bench.pipeline.stream(2, { ...link.parameters, isSending: false });
    bench.pipeline.place(onAir(0, 2));
    bench.run(40);
    expect(toneLevelDb(Float32Array.from(first.heard.slice(-3200)), 8000, 1300)).toBeCloseTo(-14, 0);
  });

  it('hears nothing of what comes from a far end that was told not to send, and hears it again after', () => {
    const bench = new Bench();
    const [first, second] = [bench.join(500), bench.join(900)];
    bench.pipeline.place([
      { port: 0, place: { kind: 'private', with: 1 } },
      { port: 1, place: { kind: 'private', with: 0 } },
    ]);
    bench.run(20);
    bench.pipeline.stream(1, { ...second.parameters, isReceiving: false });
    bench.run(40);
    const heard = Float32Array.from(first.heard.slice(-3200));
    expect(toneLevelDb(heard, 8000, 900)).toBeLessThan(-80);
    expect(peakDb(heard)).toBeLessThan(-55);
    bench.pipeline.stream(1, second.parameters);
    bench.run(40);
    expect(toneLevelDb(Float32Array.from(first.heard.slice(-3200)), 8000, 900)).toBeCloseTo(-14, 0);
  });

  it('hears DTMF in the sound where no events were negotiated, and only there', () => {
    const bench = new Bench();
    for (const payloadType of [null, 101]) {
      // 5: 770 and 1336 Hz.
      const farEnd = bench.join(770);
      farEnd.secondHz = 1336;
      farEnd.dtmfPayloadType = payloadType;
      bench.pipeline.stream(farEnd.port, farEnd.parameters);
    }
    bench.run(20);
    expect(bench.events.filter(({ type }) => type === 'dtmf')).toEqual([
      { type: 'dtmf', port: 0, digit: '5' },
    ]);
  });

  it('reports the RTP timeout once, counted from the last packet', () => {
    const bench = new Bench();
    bench.pipeline.settings('program', 2000);
    const farEnd = bench.join(500);
    bench.run(100);
    farEnd.isTalking = false;
    bench.run(95);
    const timeouts = () => bench.events.filter(({ type }) => type === 'rtp-timeout').length;
    expect(timeouts()).toBe(0);
    bench.run(200);
    expect(timeouts()).toBe(1);
  });
});
