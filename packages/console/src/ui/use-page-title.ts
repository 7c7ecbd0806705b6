// What the window, the tab and a screen reader call this page: the screen, then the station.
import { useEffect } from 'react';
import { useTexts } from '../i18n/texts.ts';

export function usePageTitle(...parts: readonly string[]): void {
  const { product } = useTexts();
  const title = [...parts, product].filter((part) => part !== '').join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
