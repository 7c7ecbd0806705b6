// The signed-in page: bar, rail, banner, and the screen that is open. The desk stays as it was while another screen is
// shown, with everything that was typed there.
import { mayAsk } from '@openline/protocol';
import { Activity, lazy, Suspense, useState } from 'react';
import { Redirect, Route, Switch, useRoute } from 'wouter';
import { useDesk } from '../connection/desk-context.ts';
import { Desk } from '../features/desk/desk.tsx';
import { SurroundingsProvider } from '../features/desk/surroundings.tsx';
import { Played } from '../features/media/played.tsx';
import { DialProvider } from '../features/dial/dial-request.tsx';
import { useTexts } from '../i18n/texts.ts';
import { useKeptFocus } from '../ui/use-kept-focus.ts';
import { UndoProvider } from '../ui/undo.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { NewVersion } from './new-version.tsx';
import type { Theme } from './preferences.ts';
import { Rail } from './rail.tsx';
import { mayOpen, screens } from './screens.ts';
import { TopBar } from './top-bar.tsx';
import { usePageKeys } from './use-page-keys.ts';

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
  const [isDesk] = useRoute('/');
  const [isKeyMapOpen, setKeyMapOpen] = useState(false);
  usePageKeys();
  useKeptFocus();
  return (
    <DialProvider>
      <UndoProvider>
        <div className="page" data-phase={phase}>
          <TopBar
            stationName={stationName}
            theme={theme}
            onTheme={onTheme}
            onKeyMap={() => setKeyMapOpen(true)}
            isDesk={isDesk}
            onSignOut={onSignOut}
          />
          <ConnectionBanner />
          <NewVersion />
          {hasDesk && <Rail />}
          {hasDesk ? (
            <SurroundingsProvider>
              <Activity mode={isDesk ? 'visible' : 'hidden'}>
                <Desk isKeyMapOpen={isKeyMapOpen} onKeyMap={setKeyMapOpen} />
              </Activity>
              <OtherScreen />
              <Played isDesk={isDesk} />
            </SurroundingsProvider>
          ) : (
            <p className="page-wait">{texts.connection.connecting}</p>
          )}
        </div>
      </UndoProvider>
    </DialProvider>
  );
}

/** Not in the rail: the first start leads there, and the settings for another test call. */
const FirstSteps = lazy(() => import('../features/set-up/first-steps.tsx'));

/** What is not a screen, or not for this user, leads to the desk. */
function OtherScreen() {
  const texts = useTexts();
  const role = useDesk((view) => view.desk?.you.role) ?? 'viewer';
  return (
    <Suspense fallback={<p className="page-wait">{texts.screens.opening}</p>}>
      <Switch>
        <Route path="/">{null}</Route>
        {screens
          .filter((screen) => mayOpen(role, screen))
          .map((screen) => (
            <Route key={screen.name} path={`${screen.path}/*?`} component={screen.component} />
          ))}
        {mayAsk(role, 'test-call') && <Route path="/start/*?" component={FirstSteps} />}
        <Route>
          <Redirect to="/" replace />
        </Route>
      </Switch>
    </Suspense>
  );
}
