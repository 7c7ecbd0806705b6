// Keys that hold on every screen: / goes to the search. The desk's own keys are in features/desk.
import { useEffect } from 'react';

export function usePageKeys(): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest('input, textarea, select')) return;
      const search = [...document.querySelectorAll<HTMLInputElement>('[data-search]')].find((one) =>
        one.checkVisibility(),
      );
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
