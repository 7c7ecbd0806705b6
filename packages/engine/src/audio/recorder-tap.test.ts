import { describe, expect, it } from 'vitest';
import { MeterBlock } from './meter-block.ts';
import { Mixer } from './mixer.ts';
import { promptKey } from './prompts.ts';
import { RecorderTap, TAP_END, TAP_HEADER_BYTES, TAP_MAX_BYTES, TAP_SAMPLES } from './recorder-tap.ts';
import { SharedRing } from './shared-ring.ts';

interface Message {
  slot: number;
  kind: number;
  sampleRate: number;
  missingFrames: number;
  samples: Float32Array;
}

function messagesOf(ring: SharedRing): Message[] {
  const out = new Uint8Array(TAP_MAX_BYTES);
  const messages: Message[] = [];
  for (let length = ring.read(out); length >= 0; length = ring.read(out)) {
    const [slot = 0, kind = 0, sampleRate = 0, missingFrames = 0] = new Int32Array(out.buffer, 0, 4);
    const samples = new Float32Array(out.buffer.slice(TAP_HEADER_BYTES, length));
    messages.push({ slot, kind, sampleRate, missingFrames, samples });
  }
  return messages;
}

function room(ringBytes: number): { mixer: Mixer; ring: SharedRing; tap: RecorderTap } {
  const mixer = new Mixer(4, new MeterBlock(MeterBlock.allocate(4), 4));
  mixer.open(0, 8000);
  mixer.open(1, 16000);
  mixer.place(0, { kind: 'air' });
  mixer.place(1, { kind: 'air' });
  const ring = new SharedRing(SharedRing.allocate(ringBytes));
  return { mixer, ring, tap: new RecorderTap(ring) };
}

function tick(mixer: Mixer, tap: RecorderTap, skippedTicks = 0): void {
  mixer.input(0)!.fill(0.25);
  mixer.input(1)!.fill(0.125);
  mixer.mix();
  tap.capture(mixer, skippedTicks);
}

describe('the recorder tap', () => {
  it('takes what a leg says and hears, at its rate, and the program', () => {
    const { mixer, ring, tap } = room(1 << 16);
    for (let frame = 0; frame < 5; frame++) tick(mixer, tap);
    tap.start(7, { kind: 'port', port: 0 });
    tap.start(2, { kind: 'program' });
    tick(mixer, tap);
    const messages = messagesOf(ring).toSorted((a, b) => a.slot - b.slot);
    expect(messages.map(({ slot, kind, sampleRate }) => ({ slot, kind, sampleRate }))).toEqual([
      { slot: 2, kind: TAP_SAMPLES, sampleRate: 48000 },
      { slot: 7, kind: TAP_SAMPLES, sampleRate: 8000 },
    ]);
    const [program, leg] = messages;
    expect(program!.samples.length).toBe(960);
    expect(program!.samples[900]).toBeCloseTo(0.375, 2);
    expect(leg!.samples.length).toBe(320);
    expect(leg!.samples[100]).toBeCloseTo(0.25, 5);
    expect(leg!.samples[260]).toBeCloseTo(0.125, 2);
  });

  it('drops what does not fit, never waits, and says how much is missing', () => {
    const { mixer, ring, tap } = room(4096);
    tap.start(0, { kind: 'port', port: 0 });
    for (let frame = 0; frame < 10; frame++) tick(mixer, tap);
    expect(messagesOf(ring).length).toBe(3);
    tick(mixer, tap);
    tick(mixer, tap);
    expect(messagesOf(ring).map(({ missingFrames }) => missingFrames)).toEqual([7, 0]);
  });

  it('counts ticks that the clock skipped as missing', () => {
    const { mixer, ring, tap } = room(1 << 14);
    tap.start(0, { kind: 'port', port: 0 });
    tick(mixer, tap);
    tick(mixer, tap, 4);
    expect(messagesOf(ring).map(({ missingFrames }) => missingFrames)).toEqual([0, 4]);
  });

  it('takes of an answer in ivr the far end alone, behind the prompt, and no more than is allowed', () => {
    const { mixer, ring, tap } = room(1 << 18);
    mixer.place(0, { kind: 'ivr' });
    tap.start(5, { kind: 'port', port: 0 }, 10);
    for (let frame = 0; frame < 30; frame++) tick(mixer, tap, frame % 2);
    expect(messagesOf(ring)).toEqual([]);
    mixer.prompt(promptKey('question', null), { samples: new Int16Array(160), sampleRate: 8000 });
    while (mixer.questionOf(0) === 'before') tick(mixer, tap);
    for (let frame = 0; frame < 15; frame++) tick(mixer, tap);
    const messages = messagesOf(ring);
    expect(messages.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 10 }, () => TAP_SAMPLES),
      TAP_END,
    ]);
    expect(messages.map(({ missingFrames }) => missingFrames)).toEqual(messages.map(() => 0));
    expect(messages[3]!.samples.length).toBe(160);
    expect(messages[3]!.samples[100]).toBeCloseTo(0.25, 5);
    expect(tap.isIdle).toBe(true);
  });

  it('ends an answer in the tick in which the leg is placed elsewhere', () => {
    for (const place of [{ kind: 'air' }, { kind: 'ivr', step: 'thanks' }] as const) {
      const { mixer, ring, tap } = room(1 << 16);
      mixer.prompt(promptKey('question', null), { samples: new Int16Array(160), sampleRate: 8000 });
      mixer.place(0, { kind: 'ivr' });
      tap.start(5, { kind: 'port', port: 0 }, 1000);
      while (mixer.questionOf(0) === 'before') tick(mixer, tap);
      tick(mixer, tap);
      mixer.place(0, place);
      tick(mixer, tap);
      expect(messagesOf(ring).at(-1)!.kind).toBe(TAP_END);
      expect(tap.isIdle).toBe(true);
    }
  });

  it('ends a slot with one last message, as soon as there is room for it', () => {
    const { mixer, ring, tap } = room(4096);
    tap.start(3, { kind: 'port', port: 0 });
    tap.start(4, { kind: 'port', port: 1 });
    tick(mixer, tap);
    const filler = new Uint8Array(4);
    while (ring.write(filler, 4)) expect(tap.isIdle).toBe(false);
    tap.stopPort(0);
    tap.stop(4);
    tick(mixer, tap);
    expect(tap.isIdle).toBe(false);
    messagesOf(ring);
    tick(mixer, tap);
    expect(messagesOf(ring).filter(({ kind }) => kind === TAP_END).length).toBe(2);
    expect(tap.isIdle).toBe(true);
  });
});
