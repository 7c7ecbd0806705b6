// Draws the console's icons in the sizes that browsers install it with, from its one drawing: `npm run icons`. The maskable one has its
// ground out to the edges, because every system cuts it in a form of its own.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startBrowser } from './harness/browser.ts';

const folder = resolve(import.meta.dirname, '../../packages/console/public');
const drawing = readFileSync(join(folder, 'favicon.svg'), 'utf8');

const icons = [
  { file: 'icon-192.png', sizePx: 192, svg: drawing },
  { file: 'icon-512.png', sizePx: 512, svg: drawing },
  { file: 'icon-maskable-512.png', sizePx: 512, svg: drawing.replace(/ rx="\d+"/, '') },
];

const browser = await startBrowser();
for (const { file, sizePx, svg } of icons) {
  const page = await browser.newPage({ viewport: { width: sizePx, height: sizePx } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await page.screenshot({ path: join(folder, file), omitBackground: true });
}
await browser.close();
