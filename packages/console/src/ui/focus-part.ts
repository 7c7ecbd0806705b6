// Gives the focus to a part of the page that is no control: a screen, what opened beside it, the row's surroundings. From
// there Tab goes on inside it, and its name is read out.
export function focusPart(part: HTMLElement): void {
  if (!part.hasAttribute('tabindex')) part.tabIndex = -1;
  part.focus({ preventScroll: true });
}

/** Whether the keyboard is nowhere at the moment. */
export function hasNoFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}
