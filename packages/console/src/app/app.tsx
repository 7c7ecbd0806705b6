// Which page is shown: first set-up, sign-in, or the desk. Holds what belongs to the browser (theme, language) and
// opens the connection once somebody is signed in.
import { useEffect, useState } from 'react';
import { DeskProvider } from '../connection/desk-context.ts';
import { DeskStore } from '../connection/desk-store.ts';
import { fetchMe, type MeResult, signOut, UNREACHABLE } from '../connection/session-api.ts';
import { enterByLink } from '../connection/sign-in-link.ts';
import { HeadsetProvider } from '../features/headset/headset-context.tsx';
import { SetUp } from '../features/set-up/set-up.tsx';
import { SignIn } from '../features/sign-in/sign-in.tsx';
import { keepLanguage, LanguageContext, languages, loadLanguage, localeOf } from '../i18n/texts.ts';
import { en } from '../i18n/en.ts';
import { LostBanner } from './connection-banner.tsx';
import { DeskPage } from './desk-page.tsx';
import { applyTheme, loadTheme, type Theme } from './preferences.ts';

type Session = { is: 'asking' } | { is: 'nobody' } | { is: 'open'; store: DeskStore; stationName: string };

const ASK_AGAIN_MS = 2000;

export function App() {
  const [language, setLanguage] = useState(loadLanguage);
  const [theme, setTheme] = useState<Theme>(loadTheme);
  const texts = languages[language] ?? en;
  const locale = localeOf(language, navigator.languages);
  useEffect(() => applyTheme(theme), [theme]);
  useEffect(() => {
    keepLanguage(language);
    document.documentElement.lang = language;
  }, [language]);
  return (
    <LanguageContext value={{ code: language, locale, texts, choose: setLanguage }}>
      <Pages theme={theme} onTheme={setTheme} />
    </LanguageContext>
  );
}

function Pages({ theme, onTheme }: { theme: Theme; onTheme: (theme: Theme) => void }) {
  const [session, setSession] = useState<Session>({ is: 'asking' });
  const [isAway, setAway] = useState(false);
  const [setUpToken, setSetUpToken] = useState(() => setUpTokenOf(window.location));

  useEffect(() => {
    if (setUpToken !== null || session.is !== 'asking') return undefined;
    let isStale = false;
    void fetchMeOnceThere(() => isStale || setAway(true))
      .then(enterByLink)
      .then((me) => {
        if (isStale) return;
        setAway(false);
        setSession(me.ok ? openSession(me.stationName) : { is: 'nobody' });
      });
    return () => {
      isStale = true;
    };
  }, [session.is, setUpToken]);

  function openSession(stationName: string): Session {
    return { is: 'open', store: new DeskStore(() => setSession({ is: 'nobody' })), stationName };
  }

  useEffect(() => {
    if (session.is !== 'open') return undefined;
    const { store } = session;
    store.open();
    return () => store.close();
  }, [session]);

  function leave() {
    void signOut().then(() => setSession({ is: 'nobody' }));
  }

  if (setUpToken !== null) {
    const finish = () => {
      window.history.replaceState(null, '', '/start/line');
      setSetUpToken(null);
    };
    return <SetUp token={setUpToken} onSignedIn={finish} />;
  }
  if (session.is === 'asking') return isAway ? <LostBanner /> : null;
  if (session.is === 'nobody') return <SignIn onSignedIn={() => setSession({ is: 'asking' })} />;
  return (
    <DeskProvider value={session.store}>
      <HeadsetProvider>
        <DeskPage stationName={session.stationName} theme={theme} onTheme={onTheme} onSignOut={leave} />
      </HeadsetProvider>
    </DeskProvider>
  );
}

/** Asks who is signed in; a server that does not answer is away or just starting, and is asked again. */
async function fetchMeOnceThere(onAway: () => void): Promise<MeResult> {
  for (;;) {
    const me = await fetchMe();
    if (me.ok || me.code !== UNREACHABLE) return me;
    onAway();
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

function setUpTokenOf(location: Location): string | null {
  return location.pathname === '/setup' ? (new URLSearchParams(location.search).get('token') ?? '') : null;
}
