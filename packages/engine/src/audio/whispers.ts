/**
 * Who whispers to whom: each whisper adds the speaker's voice to one listener's feed, at the listener's rate. The mixer
 * decides who may; it starts and ends whispers between two ticks and adds them in the tick. Media thread, allocates
 * nothing in addTo().
 */
import { FRAME_SAMPLES, FULL_RATE, RATES } from './bus.ts';
import { GainRamp } from './gain-ramp.ts';
import type { MixerPort } from './mixer-port.ts';
import { Resampler } from './resampler.ts';

interface Whisper {
  readonly speaker: MixerPort;
  readonly listener: MixerPort;
  readonly gain: GainRamp;
  /** Where the rates differ. */
  readonly resampler: Resampler | null;
  isEnding: boolean;
}

export class Whispers {
  readonly #whispers: Whisper[] = [];
  readonly #scratch = new Float32Array(FRAME_SAMPLES[FULL_RATE]);

  start(speaker: MixerPort, listener: MixerPort): void {
    const gain = new GainRamp(0);
    gain.set(1);
    const resampler =
      speaker.rate === listener.rate
        ? null
        : new Resampler(RATES[speaker.rate]!, RATES[listener.rate]!, speaker.samples);
    this.#whispers.push({ speaker, listener, gain, resampler, isEnding: false });
  }

  /** Fades out in the next frame. */
  end(speaker: number): void {
    for (const whisper of this.#whispers) {
      if (whisper.speaker.port !== speaker) continue;
      whisper.gain.set(0);
      whisper.isEnding = true;
    }
  }

  /** At once: a port that is closed has faded out before. */
  forget(port: MixerPort): void {
    for (let index = this.#whispers.length - 1; index >= 0; index--) {
      const { speaker, listener } = this.#whispers[index]!;
      if (speaker === port || listener === port) this.#whispers.splice(index, 1);
    }
  }

  /** Those that go on, by or to this port. */
  of(port: number): { from: number; to: number }[] {
    return this.#whispers
      .filter(({ speaker, listener, isEnding }) => !isEnding && [speaker.port, listener.port].includes(port))
      .map(({ speaker, listener }) => ({ from: speaker.port, to: listener.port }));
  }

  /** When what everybody says is known. */
  addTo(listener: MixerPort, frame: Float32Array): void {
    for (const whisper of this.#whispers) {
      if (whisper.listener === listener) this.#add(whisper, frame);
    }
  }

  /** After the frame in which they faded. */
  forgetEnded(): void {
    for (let index = this.#whispers.length - 1; index >= 0; index--) {
      if (this.#whispers[index]!.isEnding) this.#whispers.splice(index, 1);
    }
  }

  #add({ speaker, listener, gain, resampler }: Whisper, frame: Float32Array): void {
    if (resampler === null) {
      gain.add(frame, speaker.said, listener.samples);
      return;
    }
    resampler.process(speaker.said, speaker.samples, this.#scratch);
    gain.add(frame, this.#scratch, listener.samples);
  }
}
