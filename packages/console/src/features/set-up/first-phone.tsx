// What the new administrator talks with: an account for a phone or softphone, and whether it has come.
import { useState } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { randomSecret } from '../settings/secret-field.tsx';
import { LockedMark, Problems } from '../settings/setting-field.tsx';
import { useSettings } from '../settings/settings-context.ts';
import { listAt } from '../settings/settings-draft.ts';
import { SipAccount } from '../settings/sip-account.tsx';
import { StepActs } from './step-acts.tsx';

interface Account {
  user: string;
  username: string;
  password: string;
}

export function FirstPhone() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const you = useDesk((desk) => desk.desk?.you.user_id) ?? '';
  const isThere = useIsReachable(you);
  /** The server does not show it again. */
  const [made, setMade] = useState<Account | null>(null);
  const kept = (listAt(view.saved, 'phones') as readonly Account[]).find(({ user }) => user === you);
  const isLocked = draft.isLocked('phones');

  async function make() {
    const account = { user: you, username: you, password: randomSecret() };
    draft.discard();
    draft.add('phones', account);
    await draft.save();
    if (draft.view.notice === 'saved') setMade(account);
  }

  return (
    <section className="first-step" data-step="phone">
      <h2>{texts.start.phoneTitle}</h2>
      <p className="settings-lead">{texts.start.phoneLead}</p>
      {isLocked && <LockedMark />}
      {!kept && !isLocked && (
        <Button tone="go" isPending={view.isSaving} onClick={() => void make()} data-act="make-account">
          {texts.start.makeAccount}
        </Button>
      )}
      {made && <SipAccount username={made.username} password={made.password} />}
      {kept && !made && (
        <>
          <SipAccount username={kept.username} />
          <p className="settings-lead">{texts.start.phoneKept}</p>
        </>
      )}
      <Problems texts={view.problems.map(({ text }) => text)} />
      {kept && (
        <p className="phone-state" role="status" data-there={isThere}>
          <Icon name={isThere ? 'check' : 'headset'} />
          {isThere ? texts.start.phoneThere : texts.start.phoneWaiting}
        </p>
      )}
      <StepActs back="/start/line" next="/start/call" />
    </section>
  );
}

/** Whether somebody's phone or headset is connected. */
export function useIsReachable(userId: string): boolean {
  return useDesk((view) => (view.desk?.mixer.channels[userId]?.mode ?? 'defunct') !== 'defunct');
}
