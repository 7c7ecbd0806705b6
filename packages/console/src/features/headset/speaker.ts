// What the headset hears, on the speaker that was chosen, where the browser lets a page choose one.
export interface Speaker {
  play(sound: MediaStream, speaker: string | null): void;
  /** null: what the system has chosen. */
  use(speaker: string | null): Promise<void>;
  stop(): void;
}

export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

export function createSpeaker(): Speaker {
  const element = new Audio();
  element.dataset['headset'] = 'sound';

  async function use(speaker: string | null): Promise<void> {
    if (!canChooseSpeaker()) return;
    // One that is gone: the system's own is heard then.
    await element.setSinkId(speaker ?? '').catch(() => element.setSinkId('').catch(() => undefined));
  }

  /** A page that nobody has touched may be silent: then the first touch lets it be heard. */
  function playOnTouch(): void {
    const touch = () => void element.play().catch(() => undefined);
    document.addEventListener('pointerdown', touch, { once: true });
    document.addEventListener('keydown', touch, { once: true });
  }

  return {
    play(sound, speaker) {
      element.srcObject = sound;
      void use(speaker).then(() => element.play().catch(playOnTouch));
    },
    use,
    stop() {
      element.pause();
      element.srcObject = null;
    },
  };
}
