// The frame of every screen but the desk: a title, the tools beside it (search, filters, buttons), and the content,
// which scrolls inside. `aside` is a second column: the conversation, the card, the player.
import { type FocusEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { focusPart } from './focus-part.ts';
import { useOpenScreen } from './use-open-screen.ts';

interface ScreenProps {
  /** Also the landmark for tests: `[data-screen="messages"]`. */
  name: string;
  title: string;
  tools?: ReactNode;
  /** On a narrow screen the aside covers the list; give it a way back. */
  aside?: ReactNode;
  children: ReactNode;
}

export function Screen({ name, title, tools, aside, children }: ScreenProps) {
  const main = useOpenScreen(title);
  const { asideRef, keepOpener } = useFocusedAside(Boolean(aside));
  return (
    <main
      ref={main}
      className="screen"
      data-screen={name}
      data-aside={aside ? true : undefined}
      aria-label={title}
    >
      <header className="screen-head" onFocus={keepOpener}>
        <h1>{title}</h1>
        {tools && <div className="screen-tools">{tools}</div>}
      </header>
      <div className="screen-body" onFocus={keepOpener}>
        {children}
      </div>
      {aside && (
        <div className="screen-aside" ref={asideRef}>
          {aside}
        </div>
      )}
    </main>
  );
}

/** What opens beside the list gets the focus; when it closes, what opened it gets it back. */
function useFocusedAside(hasAside: boolean) {
  const [path] = useLocation();
  const asideRef = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const wasOpen = useRef(false);

  useEffect(() => {
    const part = asideRef.current?.firstElementChild;
    if (!hasAside || asideRef.current?.contains(document.activeElement)) return;
    if (part instanceof HTMLElement) focusPart(part);
  }, [hasAside, path]);

  useLayoutEffect(() => {
    if (wasOpen.current && !hasAside && opener.current?.isConnected) opener.current.focus();
    wasOpen.current = hasAside;
  }, [hasAside]);

  function keepOpener({ target, currentTarget }: FocusEvent<HTMLElement>) {
    // A menu is drawn elsewhere and is gone when it has opened something; its button stays.
    if (target instanceof HTMLElement && currentTarget.contains(target)) opener.current = target;
  }
  return { asideRef, keepOpener };
}

/** What a list says when it is empty, is being read, or could not be read. */
export function EmptyNote({ children }: { children: ReactNode }) {
  return <p className="screen-none">{children}</p>;
}
