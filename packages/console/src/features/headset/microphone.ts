// The microphone of this computer for a headset: opened as the taste says, and how loud it is. Browsers give it only to pages
// that came by https or from the same machine.
import { feedMeter } from '../../ui/meter-painter.ts';
import type { HeadsetTaste } from './headset-taste.ts';

export type MicrophoneTrouble = 'insecure' | 'noPermission' | 'noMicrophone';

export type MicrophoneResult = { ok: true; stream: MediaStream } | { ok: false; trouble: MicrophoneTrouble };

/** What the meter of the microphone is called. */
export const INPUT_METER = 'headset-input';
const METER_EVERY_MS = 66;
const SILENCE_DBFS = -100;

export async function openMicrophone({ microphone, isProcessed }: HeadsetTaste): Promise<MicrophoneResult> {
  if (!('mediaDevices' in navigator)) return { ok: false, trouble: 'insecure' };
  const processed = {
    echoCancellation: isProcessed,
    noiseSuppression: isProcessed,
    autoGainControl: isProcessed,
    channelCount: 1,
  };
  try {
    // One that has been unplugged since it was chosen must not keep anybody from being heard.
    const audio = microphone === null ? processed : { ...processed, deviceId: { ideal: microphone } };
    return { ok: true, stream: await navigator.mediaDevices.getUserMedia({ audio }) };
  } catch (error) {
    const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
    return { ok: false, trouble: isRefused ? 'noPermission' : 'noMicrophone' };
  }
}

export function closeMicrophone(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Feeds the input meter until the returned function is called. */
export function meterOf(stream: MediaStream): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const [peak, rms] = levelsOf(samples);
    feedMeter(INPUT_METER, peak, rms);
  }, METER_EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Peak and RMS, dBFS. */
function levelsOf(samples: Float32Array): [peakDbfs: number, rmsDbfs: number] {
  let peak = 0;
  let sum = 0;
  for (const sample of samples) {
    peak = Math.max(peak, Math.abs(sample));
    sum += sample * sample;
  }
  return [toDbfs(peak), toDbfs(Math.sqrt(sum / samples.length))];
}

function toDbfs(amplitude: number): number {
  return amplitude === 0 ? SILENCE_DBFS : Math.max(SILENCE_DBFS, 20 * Math.log10(amplitude));
}
