// The signed-in page: bar, banner, desk.
import { useState } from 'react';
import { useDesk } from '../connection/desk-context.ts';
import { Desk } from '../features/desk/desk.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import type { Theme } from './preferences.ts';
import { TopBar } from './top-bar.tsx';

interface DeskPageProps {
  stationName: string;
  theme: Theme;
  onTheme: (theme: Theme) => void;
  onSignOut: () => void;
}

export function DeskPage({ stationName, theme, onTheme, onSignOut }: DeskPageProps) {
  const texts = useTexts();
  const hasDesk = useDesk((view) => view.desk !== null);
  const phase = useDesk((view) => view.phase);
  const [isPanelOpen, setPanelOpen] = useState(false);
  const [isKeyMapOpen, setKeyMapOpen] = useState(false);
  return (
    <div className="page" data-phase={phase}>
      <TopBar
        stationName={stationName}
        theme={theme}
        onTheme={onTheme}
        onKeyMap={() => setKeyMapOpen(true)}
        onPanel={() => setPanelOpen(!isPanelOpen)}
        onSignOut={onSignOut}
      />
      <ConnectionBanner />
      {hasDesk ? (
        <Desk
          isPanelOpen={isPanelOpen}
          onPanel={setPanelOpen}
          isKeyMapOpen={isKeyMapOpen}
          onKeyMap={setKeyMapOpen}
        />
      ) : (
        <p className="page-wait">{texts.connection.connecting}</p>
      )}
    </div>
  );
}
