// Draws every meter of the page on its canvas, outside the component tree: one frame for all of them, asked for when there
// are news, and a slow one after it as long as something falls. A meter whose pixels stay the same is not drawn. React
// mounts the canvas and nothing more.
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
  /** Where its bars end and its peak stands; NaN when it must be drawn in any case. */
  drawn: Drawn;
}

interface Drawn {
  rmsPx: number;
  peakPx: number;
  heldPx: number;
}

interface Palette {
  low: string;
  mid: string;
  high: string;
  peak: string;
  slot: string;
}

/** Without news: slower than these come, so that it does not draw between them. */
const FALL_FRAME_MS = 100;
const MID_DBFS = -18;
const HIGH_DBFS = -6;

const painted = new Map<string, Set<Painted>>();
const ofCanvas = new WeakMap<Element, Painted>();
const resized = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(onResize);
let palette: Palette | null = null;
let frame: number | null = null;
let fall: ReturnType<typeof setTimeout> | undefined;
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
    drawn: nowhere(),
  };
  const group = painted.get(source) ?? new Set();
  painted.set(source, group.add(one));
  ofCanvas.set(canvas, one);
  // Tells the first size too, once the page is laid out: asking for it here would lay it out for every meter again.
  resized?.observe(canvas);
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
  if (peakDbfs > FLOOR_DBFS) wantFrame();
}

/** After a change of theme. */
export function repaintMeters(): void {
  palette = null;
  for (const group of painted.values()) {
    for (const one of group) {
      one.isResting = false;
      one.drawn = nowhere();
    }
  }
  wantFrame();
}

function wantFrame(): void {
  frame ??= requestAnimationFrame(paintAll);
}

function paintAll(now: number): void {
  frame = null;
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
  clearTimeout(fall);
  if (isMoving) fall = setTimeout(wantFrame, FALL_FRAME_MS);
}

function nowhere(): Drawn {
  return { rmsPx: Number.NaN, peakPx: Number.NaN, heldPx: Number.NaN };
}

function paint(one: Painted): void {
  const { meter, drawn } = one;
  const length = one.isHorizontal ? one.widthPx : one.heightPx;
  const place = (dbfs: number) => Math.round((1 - Math.min(0, dbfs) / FLOOR_DBFS) * length);
  const rmsPx = place(meter.rmsDbfs);
  const peakPx = place(meter.peakDbfs);
  const heldPx = place(meter.heldDbfs);
  if (rmsPx === drawn.rmsPx && peakPx === drawn.peakPx && heldPx === drawn.heldPx) return;
  drawn.rmsPx = rmsPx;
  drawn.peakPx = peakPx;
  drawn.heldPx = heldPx;
  palette ??= readPalette();
  bar(one, 0, length, palette.slot, 1);
  const zones = [
    [0, place(MID_DBFS), palette.low],
    [place(MID_DBFS), place(HIGH_DBFS), palette.mid],
    [place(HIGH_DBFS), length, palette.high],
  ] as const;
  for (const [from, to, colour] of zones) {
    if (peakPx > from) bar(one, from, Math.min(to, peakPx), colour, 0.42);
    if (rmsPx > from) bar(one, from, Math.min(to, rmsPx), colour, 1);
  }
  const isHigh = meter.heldDbfs > HIGH_DBFS;
  if (heldPx > 0) bar(one, Math.max(0, heldPx - 2), heldPx, isHigh ? palette.high : palette.peak, 1);
}

function bar(one: Painted, from: number, to: number, colour: string, alpha: number): void {
  const { context, widthPx, heightPx } = one;
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  if (one.isHorizontal) context.fillRect(from, 0, to - from, heightPx);
  else context.fillRect(0, heightPx - to, widthPx, to - from);
}

function onResize(entries: ResizeObserverEntry[]): void {
  const density = window.devicePixelRatio || 1;
  for (const { target, contentRect } of entries) {
    const one = ofCanvas.get(target);
    if (!one) continue;
    one.widthPx = Math.max(1, Math.round(contentRect.width * density));
    one.heightPx = Math.max(1, Math.round(contentRect.height * density));
    one.canvas.width = one.widthPx;
    one.canvas.height = one.heightPx;
    one.drawn = nowhere();
    paint(one);
  }
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
