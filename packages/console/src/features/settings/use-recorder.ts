// Records the microphone of this computer until it is stopped. Browsers allow it only on pages that came by https or from
// the same machine.
import { useEffect, useRef, useState } from 'react';

export type RecorderTrouble = 'insecure' | 'noMicrophone';

export interface Recorder {
  /** Since when it records; null: it does not. */
  since: number | null;
  start: () => void;
  stop: () => void;
}

export function useRecorder(
  onRecorded: (sound: Blob) => void,
  onTrouble: (trouble: RecorderTrouble) => void,
): Recorder {
  const [since, setSince] = useState<number | null>(null);
  const running = useRef<MediaRecorder | null>(null);

  useEffect(() => () => letGo(running.current), []);

  async function start() {
    if (!('mediaDevices' in navigator)) return onTrouble('insecure');
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const recorder = new MediaRecorder(stream);
      const parts: Blob[] = [];
      recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
      recorder.addEventListener('stop', () => {
        setSince(null);
        letGo(recorder);
        onRecorded(new Blob(parts, { type: recorder.mimeType }));
      });
      running.current = recorder;
      recorder.start();
      return setSince(Date.now());
    } catch {
      return onTrouble('noMicrophone');
    }
  }

  return { since, start: () => void start(), stop: () => running.current?.stop() };
}

/** The microphone's light goes out. */
function letGo(recorder: MediaRecorder | null): void {
  for (const track of recorder?.stream.getTracks() ?? []) track.stop();
}
