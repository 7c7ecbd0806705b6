// What comes of a screen coming forward: the window is called by it, and it gets the focus, so that its name is read out and
// Tab goes on in it; unless something in it has asked for the focus already.
import { type RefObject, useEffect, useRef } from 'react';
import { useDesk } from '../connection/desk-context.ts';
import { focusPart } from './focus-part.ts';
import { usePageTitle } from './use-page-title.ts';

/** For its `main`. */
export function useOpenScreen(title: string): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  usePageTitle(title, useDesk((view) => view.desk?.station.name) ?? '');
  useEffect(() => {
    if (main.current && !main.current.contains(document.activeElement)) focusPart(main.current);
  }, []);
  return main;
}
