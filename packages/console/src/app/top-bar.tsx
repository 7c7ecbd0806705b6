// The bar over the desk: station, clock, who waits, what is wrong, and the user's own menu.
import { DropdownMenu } from 'radix-ui';
import { useDesk } from '../connection/desk-context.ts';
import { Operators } from '../features/desk/operators.tsx';
import { SurroundingsProvider } from '../features/desk/surroundings.tsx';
import { useDialRequest } from '../features/dial/dial-request.tsx';
import { useHeadset } from '../features/headset/headset-context.tsx';
import { dateFormat } from '../i18n/formats.ts';
import { languages, useLanguage, useTexts } from '../i18n/texts.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useSecond } from '../ui/second-ticker.ts';
import { Alarms } from './alarms.tsx';
import type { Theme } from './preferences.ts';

interface TopBarProps {
  stationName: string;
  theme: Theme;
  onTheme: (theme: Theme) => void;
  onKeyMap: () => void;
  isDesk: boolean;
  onSignOut: () => void;
}

export function TopBar({ stationName, theme, onTheme, onKeyMap, isDesk, onSignOut }: TopBarProps) {
  const headset = useHeadset();
  const texts = useTexts().topBar;
  const you = useDesk((view) => view.desk?.you);
  const name = useDesk((view) => view.desk?.station.name) ?? stationName;
  const { isPanelOpen, setPanelOpen } = useDialRequest();
  return (
    <header className="top-bar">
      <div className="top-left">
        <p className="station">
          <img src="/favicon.svg" width={24} height={24} alt="" />
          <strong>{name}</strong>
        </p>
        <Waiting />
        <LinesBusy />
      </div>
      <Clock />
      <div className="top-tools">
        <Alarms />
        <SurroundingsProvider>
          <Operators />
        </SurroundingsProvider>
        {isDesk && (
          <Button
            className="panel-toggle"
            icon="outgoing"
            aria-label={texts.panel}
            onClick={() => setPanelOpen(!isPanelOpen)}
          />
        )}
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger asChild>
            <Button className="who" icon="user" aria-label={`${you?.name ?? ''}: ${texts.menu}`}>
              {you?.name ?? ''}
            </Button>
          </DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content className="menu" sideOffset={6} collisionPadding={8} align="end">
              <UserMenu
                theme={theme}
                onTheme={onTheme}
                onKeyMap={onKeyMap}
                onSignOut={() => void headset.hangUp().then(onSignOut)}
              />
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      </div>
    </header>
  );
}

type UserMenuProps = Pick<TopBarProps, 'theme' | 'onTheme' | 'onKeyMap' | 'onSignOut'>;

function UserMenu({ theme, onTheme, onKeyMap, onSignOut }: UserMenuProps) {
  const texts = useTexts();
  const language = useLanguage();
  const you = useDesk((view) => view.desk?.you);
  const version = useDesk((view) => view.desk?.server_version);
  return (
    <>
      {you && <DropdownMenu.Label className="menu-label">{texts.roles[you.role]}</DropdownMenu.Label>}
      <DropdownMenu.CheckboxItem
        className="menu-item"
        checked={theme === 'light'}
        onCheckedChange={(isLight) => onTheme(isLight ? 'light' : 'dark')}
      >
        <Checked />
        {texts.topBar.theme}
      </DropdownMenu.CheckboxItem>
      <DropdownMenu.Item className="menu-item" onSelect={onKeyMap}>
        <span className="menu-check">
          <kbd>?</kbd>
        </span>
        {texts.topBar.keys}
      </DropdownMenu.Item>
      <DropdownMenu.Separator className="menu-line" />
      <DropdownMenu.RadioGroup value={language.code} onValueChange={language.choose}>
        {Object.entries(languages).map(([code, one]) => (
          <DropdownMenu.RadioItem key={code} className="menu-item" value={code}>
            <Checked />
            {one.languageName}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
      <DropdownMenu.Separator className="menu-line" />
      <DropdownMenu.Item className="menu-item" onSelect={onSignOut}>
        <span className="menu-check" />
        {texts.topBar.signOut}
      </DropdownMenu.Item>
      {version && (
        <DropdownMenu.Label className="menu-label">
          {texts.product} {version}
        </DropdownMenu.Label>
      )}
    </>
  );
}

function Checked() {
  return (
    <span className="menu-check">
      <DropdownMenu.ItemIndicator>
        <Icon name="check" size={16} />
      </DropdownMenu.ItemIndicator>
    </span>
  );
}

/** The station's clock is the server's, not this browser's. */
function Clock() {
  const { locale } = useLanguage();
  const offsetMs = useDesk((view) => view.clockOffsetMs);
  const second = useSecond();
  const time = dateFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return <time className="clock">{time.format(second * 1000 + offsetMs)}</time>;
}

function Waiting() {
  const texts = useTexts().topBar;
  const ringing = useDesk((view) => countIn(view.desk?.mixer.channels, isRinging));
  const held = useDesk((view) => countIn(view.desk?.mixer.channels, (one) => one.mode === 'on_hold'));
  return (
    <p className="waiting">
      <span data-tone="ring" data-any={ringing > 0 || undefined}>
        <Icon name="incoming" size={16} />
        <Count count={ringing} words={texts.ringing(ringing)} />
      </span>
      <span data-tone="hold" data-any={held > 0 || undefined}>
        <Icon name="pause" size={16} />
        <Count count={held} words={texts.waiting(held)} />
      </span>
    </p>
  );
}

/** A telephone has room for the number only. */
function Count({ count, words }: { count: number; words: string }) {
  return (
    <>
      <b className="waiting-count" aria-hidden="true">
        {count}
      </b>
      <span className="waiting-words">{words}</span>
    </>
  );
}

/** Said in the bar as long as it holds: nobody must wonder why no telephone rings. */
function LinesBusy() {
  const texts = useTexts().topBar;
  const areBusy = useDesk((view) => view.desk?.queue.lines_busy === true);
  return (
    areBusy && (
      <p className="lines-busy" role="status">
        <Icon name="block" size={16} />
        {texts.linesBusy}
      </p>
    )
  );
}

interface Countable {
  mode: string;
  direction: string | null;
}

function isRinging(channel: Countable): boolean {
  return channel.mode === 'ring' && channel.direction === 'in';
}

function countIn(
  channels: Readonly<Record<string, Countable>> | undefined,
  fits: (one: Countable) => boolean,
) {
  return Object.values(channels ?? {}).filter(fits).length;
}
