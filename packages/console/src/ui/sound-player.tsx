// Plays a recording: its outline on a canvas, the place in it to be moved by mouse, finger and keys. The browser reads
// the sound by ranges; the outline comes from the server, so that three hours open as fast as a minute.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { Button } from './button.tsx';
import { durationText } from './duration.ts';
import { Icon } from './icon.tsx';
import { drawOutline } from './outline.ts';

interface SoundPlayerProps {
  /** `/audio/….wav`; its outline is at `….peaks`. */
  url: string;
  durationMs: number;
  /** What it is, for those who do not see what stands around it. */
  label: string;
  playsAtOnce?: boolean;
  /** What else can be done with it from the place where it is. */
  more?: (atMs: number) => ReactNode;
}

const STEP_S = 5;
/** Only one is heard at a time. */
let sounding: HTMLAudioElement | null = null;

/** It is heard elsewhere now. */
export function pauseSounding(): void {
  sounding?.pause();
}

export function SoundPlayer({ url, durationMs, label, playsAtOnce = false, more }: SoundPlayerProps) {
  const texts = useTexts().player;
  const audio = useRef<HTMLAudioElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [peaks, setPeaks] = useState<readonly number[]>([]);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [atS, setAtS] = useState(0);
  const lengthS = Math.max(durationMs / 1000, 0.001);

  useEffect(() => {
    const abort = new AbortController();
    void readOutline(url, abort.signal).then(setPeaks);
    return () => abort.abort();
  }, [url]);

  useEffect(() => {
    if (canvas.current) drawOutline(canvas.current, peaks, atS / lengthS);
  }, [peaks, atS, lengthS]);

  useEffect(() => {
    const element = audio.current;
    if (playsAtOnce && element) void play(element);
    return () => element?.pause();
  }, [playsAtOnce]);

  function toggle() {
    const element = audio.current;
    if (!element) return;
    if (isPlaying) element.pause();
    else void play(element);
  }

  function moveTo(seconds: number) {
    const element = audio.current;
    if (!element) return;
    element.currentTime = Math.min(Math.max(seconds, 0), lengthS);
    setAtS(element.currentTime);
  }

  return (
    <div className="player" data-playing={isPlaying || undefined}>
      <Button
        icon={isPlaying ? 'pause' : 'play'}
        data-act="play"
        isLit={isPlaying}
        aria-label={isPlaying ? texts.pause(label) : texts.play(label)}
        onClick={toggle}
      />
      <div className="player-picture">
        <canvas ref={canvas} aria-hidden="true" />
        <input
          type="range"
          min={0}
          max={lengthS}
          step={0.01}
          value={atS}
          aria-label={texts.place(label)}
          aria-valuetext={durationText(atS * 1000)}
          onChange={(event) => moveTo(Number(event.target.value))}
          onKeyDown={(event) => {
            const step = { ArrowRight: STEP_S, ArrowLeft: -STEP_S }[event.key];
            if (step === undefined) return;
            event.preventDefault();
            moveTo(atS + step);
          }}
        />
      </div>
      <span className="player-time">
        {isBroken ? texts.broken : `${durationText(atS * 1000)} / ${durationText(durationMs)}`}
      </span>
      {more?.(atS * 1000)}
      <a className="button" href={url} download aria-label={texts.download(label)} data-tone="bare">
        <Icon name="download" />
      </a>
      <audio
        ref={audio}
        src={url}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setAtS(0)}
        onTimeUpdate={(event) => setAtS(event.currentTarget.currentTime)}
        onError={() => setBroken(true)}
      >
        <track kind="captions" />
      </audio>
    </div>
  );
}

async function play(element: HTMLAudioElement): Promise<void> {
  if (sounding !== element) sounding?.pause();
  sounding = element;
  // A browser that does not play without a click says so; the button is there for it.
  await element.play().catch(() => undefined);
}

/** Without an outline the player works all the same. */
async function readOutline(url: string, signal: AbortSignal): Promise<readonly number[]> {
  try {
    const answer = await fetch(url.replace(/\.wav$/, '.peaks'), { signal });
    if (!answer.ok) return [];
    return ((await answer.json()) as { peaks: number[] }).peaks;
  } catch {
    return [];
  }
}
