// Beside the strips: texts, the dial pad, the last calls. On narrow screens it lies over the desk and is opened from
// the top bar.
import { Tabs } from 'radix-ui';
import { useTexts } from '../../i18n/texts.ts';
import { CallList } from '../calls/call-list.tsx';
import { DialPad } from '../dial/dial-pad.tsx';
import { useDialRequest } from '../dial/dial-request.tsx';
import { Inbox } from '../messages/inbox.tsx';

export function SidePanel() {
  const texts = useTexts();
  const { tab, setTab, isPanelOpen, prepare } = useDialRequest();
  return (
    <Tabs.Root
      className="side"
      value={tab}
      onValueChange={setTab}
      data-open={isPanelOpen || undefined}
      activationMode="manual"
    >
      <Tabs.List className="side-tabs" aria-label={texts.topBar.panel}>
        <Tabs.Trigger value="inbox">{texts.messages.inbox}</Tabs.Trigger>
        <Tabs.Trigger value="dial">{texts.dial.title}</Tabs.Trigger>
        <Tabs.Trigger value="calls">{texts.calls.title}</Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="inbox" tabIndex={-1}>
        <Inbox />
      </Tabs.Content>
      <Tabs.Content value="dial" tabIndex={-1}>
        <DialPad />
      </Tabs.Content>
      <Tabs.Content value="calls" tabIndex={-1}>
        <CallList filter={EVERY_CALL} none={texts.calls.none} onCallBack={prepare} />
      </Tabs.Content>
    </Tabs.Root>
  );
}

const EVERY_CALL = { search: '', tags: [], from: null, to: null };
