// The frame of every screen but the desk: a title, the tools beside it (search, filters, buttons), and the content,
// which scrolls inside. `aside` is a second column: the conversation, the card, the player.
import type { ReactNode } from 'react';

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
  return (
    <main className="screen" data-screen={name} data-aside={aside ? true : undefined}>
      <header className="screen-head">
        <h1>{title}</h1>
        {tools && <div className="screen-tools">{tools}</div>}
      </header>
      <div className="screen-body">{children}</div>
      {aside && <div className="screen-aside">{aside}</div>}
    </main>
  );
}

/** What a list says when it is empty, is being read, or could not be read. */
export function EmptyNote({ children }: { children: ReactNode }) {
  return <p className="screen-none">{children}</p>;
}
