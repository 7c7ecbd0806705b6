// Keeps the place of those who work by keys. When what has the focus goes away or is switched off (a row is deleted, a strip
// offers other buttons), the same control of the row that follows gets it, else what stood around it; never the first
// button that comes, because a second press of Enter would work it. Used once, by the page.
import { useEffect } from 'react';
import { focusPart, hasNoFocus } from './focus-part.ts';

interface Place {
  element: Element;
  /** What the element does, to find the same in another row. */
  act: string | null;
  list: Element | null;
  rowAt: number;
  /** From the nearest outwards. */
  around: readonly HTMLElement[];
}

const PARTS =
  'li, [role="group"], [role="tabpanel"], [role="dialog"], form, article, section, .screen-aside, main, header';
/** They give the focus back themselves. */
const OWN_WAY = '[role="menu"]';

function placeOf(element: Element): Place {
  const row = element.closest('li');
  const list = row?.parentElement ?? null;
  const around: HTMLElement[] = [];
  for (let part = element.parentElement; part; part = part.parentElement) {
    if (part.matches(PARTS)) around.push(part);
  }
  return {
    element,
    act: element.getAttribute('data-act'),
    list,
    rowAt: row && list ? [...list.children].indexOf(row) : -1,
    around,
  };
}

function isGone({ element }: Place): boolean {
  return !element.isConnected || element.matches(':disabled');
}

function followIn({ act, list, rowAt, element }: Place): HTMLElement | null {
  if (act === null || !list?.isConnected || element.isConnected) return null;
  const rows = [...list.children];
  const nearest = [...rows.slice(rowAt), ...rows.slice(0, rowAt).toReversed()];
  for (const row of nearest) {
    const same = row.querySelector<HTMLElement>(`[data-act="${CSS.escape(act)}"]:not(:disabled)`);
    if (same) return same;
  }
  return null;
}

export function useKeptFocus(): void {
  useEffect(() => {
    let place: Place | null = null;
    let isLooking = false;

    function onFocusIn({ target }: FocusEvent) {
      if (target instanceof Element && target.closest(OWN_WAY) === null) place = placeOf(target);
    }

    /** Left on purpose: nothing is to be kept. */
    function onFocusOut({ target }: FocusEvent) {
      setTimeout(() => {
        if (place?.element === target && hasNoFocus() && !isGone(place)) place = null;
      });
    }

    /** After those who give the focus back themselves. */
    function look() {
      isLooking = false;
      if (place === null || !hasNoFocus() || !isGone(place)) return;
      const follower = followIn(place);
      const part = place.around.find((one) => one.isConnected && one.checkVisibility());
      if (follower) follower.focus();
      else if (part) focusPart(part);
    }

    const changes = new MutationObserver(() => {
      if (isLooking || place === null || !hasNoFocus() || !isGone(place)) return;
      isLooking = true;
      setTimeout(look);
    });
    changes.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
    document.addEventListener('focusin', onFocusIn);
    document.addEventListener('focusout', onFocusOut);
    return () => {
      changes.disconnect();
      document.removeEventListener('focusin', onFocusIn);
      document.removeEventListener('focusout', onFocusOut);
    };
  }, []);
}
