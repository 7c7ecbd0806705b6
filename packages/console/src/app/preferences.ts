// What this browser remembers of its user's taste: light or dark. Dark is the default: studios are dark.
import { repaintMeters } from '../ui/meter-painter.ts';

export type Theme = 'dark' | 'light';
const STORED_AS = 'openline.theme';

export function loadTheme(): Theme {
  return localStorage.getItem(STORED_AS) === 'light' ? 'light' : 'dark';
}

export function applyTheme(theme: Theme): void {
  localStorage.setItem(STORED_AS, theme);
  document.documentElement.dataset['theme'] = theme;
  const colour = getComputedStyle(document.documentElement).getPropertyValue('--panel').trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', colour);
  repaintMeters();
}
