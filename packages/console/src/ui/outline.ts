// Draws the outline of a recording: what has been heard in full ink, the rest faint. Colours come from the page.
const BAR_PX = 2;
const GAP_PX = 1;

export function drawOutline(canvas: HTMLCanvasElement, peaks: readonly number[], heard: number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const scale = window.devicePixelRatio || 1;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = Math.round(clientWidth * scale);
  canvas.height = Math.round(clientHeight * scale);
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const bars = barsOf(peaks, Math.max(1, Math.floor(clientWidth / (BAR_PX + GAP_PX))));
  for (const [index, height] of bars.entries()) {
    context.fillStyle = style.getPropertyValue(index / bars.length < heard ? '--focus' : '--line-strong');
    // By its root: speech is far below full scale most of the time.
    const high = Math.max(2, Math.sqrt(height / 100) * clientHeight);
    context.fillRect(index * (BAR_PX + GAP_PX), (clientHeight - high) / 2, BAR_PX, high);
  }
}

/** As many bars as there is room for, the loudest of what each stands for; heights of 0 to 100. */
export function barsOf(peaks: readonly number[], count: number): number[] {
  if (peaks.length === 0) return [];
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((peaks.length * bar) / count);
    const to = Math.max(from + 1, Math.floor((peaks.length * (bar + 1)) / count));
    return Math.max(...peaks.slice(from, to));
  });
}
