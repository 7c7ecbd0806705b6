// Draws every meter of the page on its canvas, outside the component tree: one frame loop for all of them, which
// runs only while something moves and at most at the rate of the news. React mounts the canvas and nothing more.
import { advance, feed, FLOOR_DBFS, type MeterState, restingMeter } from './meter-ballistics.ts';

interface Painted {
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
  meter: MeterState;
  /** At the floor, and painted so. */
  isResting: boolean;
  isHorizontal: boolean;
  widthPx: number;
  heightPx: number;
}

interface Palette {
  low: string;
  mid: string;
  high: string;
  peak: string;
  slot: string;
}

const FRAME_MS = 55;
const MID_DBFS = -18;
const HIGH_DBFS = -6;

const painted = new Map<string, Set<Painted>>();
const resized = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(onResize);
let palette: Palette | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;
let paintedAt = 0;

/** Puts a canvas under the painter until the returned function is called. */
export function paintMeter(canvas: HTMLCanvasElement, source: string, isHorizontal: boolean): () => void {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return () => {};
  const one: Painted = {
    canvas,
    context,
    meter: restingMeter(),
    isResting: true,
    isHorizontal,
    widthPx: 0,
    heightPx: 0,
  };
  const group = painted.get(source) ?? new Set();
  painted.set(source, group.add(one));
  resized?.observe(canvas);
  fit(one);
  return () => {
    resized?.unobserve(canvas);
    group.delete(one);
    if (group.size === 0) painted.delete(source);
  };
}

export function feedMeter(source: string, peakDbfs: number, rmsDbfs: number): void {
  const group = painted.get(source);
  if (!group) return;
  const now = performance.now();
  for (const one of group) {
    feed(one.meter, peakDbfs, rmsDbfs, now);
    if (peakDbfs > FLOOR_DBFS) one.isResting = false;
  }
  if (peakDbfs > FLOOR_DBFS) scheduleFrame();
}

/** After a change of theme. */
export function repaintMeters(): void {
  palette = null;
  for (const group of painted.values()) for (const one of group) one.isResting = false;
  scheduleFrame();
}

/** A timer before each frame: asking for frames without a pause would make the browser draw sixty of them. */
function scheduleFrame(): void {
  timer ??= setTimeout(() => requestAnimationFrame(paintAll), FRAME_MS);
}

function paintAll(now: number): void {
  timer = null;
  const sinceMs = Math.min(now - paintedAt, 200);
  paintedAt = now;
  let isMoving = false;
  for (const group of painted.values()) {
    for (const one of group) {
      if (one.isResting) continue;
      one.isResting = advance(one.meter, now, sinceMs);
      paint(one);
      if (!one.isResting) isMoving = true;
    }
  }
  if (isMoving) scheduleFrame();
}

function paint({ context, meter, isHorizontal, widthPx, heightPx }: Painted): void {
  palette ??= readPalette();
  const length = isHorizontal ? widthPx : heightPx;
  const place = (dbfs: number) => Math.round((1 - dbfs / FLOOR_DBFS) * length);
  const bar = (from: number, to: number, colour: string, alpha: number) => {
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    if (isHorizontal) context.fillRect(from, 0, to - from, heightPx);
    else context.fillRect(0, heightPx - to, widthPx, to - from);
  };
  context.globalAlpha = 1;
  context.fillStyle = palette.slot;
  context.fillRect(0, 0, widthPx, heightPx);
  const zones = [
    [FLOOR_DBFS, MID_DBFS, palette.low],
    [MID_DBFS, HIGH_DBFS, palette.mid],
    [HIGH_DBFS, 0, palette.high],
  ] as const;
  for (const [from, to, colour] of zones) {
    const rms = Math.min(to, meter.rmsDbfs);
    const peak = Math.min(to, meter.peakDbfs);
    if (peak > from) bar(place(from), place(peak), colour, 0.42);
    if (rms > from) bar(place(from), place(rms), colour, 1);
  }
  if (meter.heldDbfs > FLOOR_DBFS) {
    const at = place(Math.min(0, meter.heldDbfs));
    bar(Math.max(0, at - 2), at, meter.heldDbfs > HIGH_DBFS ? palette.high : palette.peak, 1);
  }
}

function onResize(entries: ResizeObserverEntry[]): void {
  for (const group of painted.values()) {
    for (const one of group) {
      if (entries.some((entry) => entry.target === one.canvas)) fit(one);
    }
  }
}

function fit(one: Painted): void {
  const density = window.devicePixelRatio || 1;
  one.widthPx = Math.max(1, Math.round(one.canvas.clientWidth * density));
  one.heightPx = Math.max(1, Math.round(one.canvas.clientHeight * density));
  one.canvas.width = one.widthPx;
  one.canvas.height = one.heightPx;
  paint(one);
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    low: colour('--meter-low'),
    mid: colour('--meter-mid'),
    high: colour('--meter-high'),
    peak: colour('--meter-peak'),
    slot: colour('--sunk'),
  };
}
