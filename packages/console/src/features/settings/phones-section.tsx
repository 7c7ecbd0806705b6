// The phones of people and the studio desk: an account each, shown so that it can be carried to the device, and whether
// the device is there now.
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { IceServers } from './ice-servers.tsx';
import { Reachable } from './reachable.tsx';
import { RemovedItems } from './removed-items.tsx';
import { KEPT, randomSecret, SecretField } from './secret-field.tsx';
import { LockedMark, SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { listAt, textOf } from './settings-draft.ts';
import { SipAccount } from './sip-account.tsx';
import { asTheyCan, SoundEncryption } from './sound-encryption.tsx';
import { StudioDesk } from './studio-desk.tsx';

interface UserPhone {
  user: string;
  username: string;
  password: string;
}

interface Named {
  id: string;
  name: string;
}

export function PhonesSection() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const phones = listAt(view.draft, 'phones') as readonly UserPhone[];
  const users = listAt(view.draft, 'users') as readonly Named[];
  const without = users.filter(({ id }) => !phones.some(({ user }) => user === id));
  const nameOf = (id: string) => users.find((user) => user.id === id)?.name ?? id;
  const isLocked = draft.isLocked('phones');
  return (
    <>
      <p className="settings-lead">{texts.phones.lead}</p>
      {isLocked && <LockedMark />}
      <ul className="setting-cards">
        {phones.map((phone, index) => (
          <PhoneCard key={phone.user} phone={phone} index={index} name={nameOf(phone.user)} />
        ))}
      </ul>
      <RemovedItems list="phones" nameOf={(phone) => texts.phones.ofUser(nameOf(textOf(phone, 'user')))} />
      {!isLocked && (
        <div className="setting-row">
          {without.map(({ id, name }) => (
            <Button
              key={id}
              icon="plus"
              onClick={() =>
                draft.add('phones', { user: id, username: id, password: randomSecret(), srtp: asTheyCan })
              }
            >
              {texts.phones.give(name)}
            </Button>
          ))}
        </div>
      )}
      <StudioDesk />
      <IceServers />
    </>
  );
}

function PhoneCard({ phone, index, name }: { phone: UserPhone; index: number; name: string }) {
  const texts = useSettingsTexts();
  const { draft } = useSettings();
  const path = `phones[${index}]`;
  const isThere = useDesk((view) => (view.desk?.mixer.channels[phone.user]?.mode ?? 'defunct') !== 'defunct');
  const isLocked = draft.isLocked('phones');
  return (
    <li className="setting-card" data-phone={phone.user}>
      <h3>
        {texts.phones.ofUser(name)} <Reachable isThere={isThere} />
      </h3>
      <div className="setting-group">
        <SettingField path={`${path}.username`} />
        <SecretField path={`${path}.password`} />
        <SoundEncryption path={`${path}.srtp`} />
      </div>
      <SipAccount
        username={phone.username}
        password={phone.password === KEPT ? null : (phone.password ?? null)}
      />
      {!isLocked && (
        <Button icon="delete" className="card-remove" onClick={() => draft.remove('phones', index)}>
          {texts.removeIt(texts.phones.ofUser(name))}
        </Button>
      )}
    </li>
  );
}
