// Everything that can be set of one line: what it is called, how calls come in, how it dials out.
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { randomSecret, SecretField } from './secret-field.tsx';
import { type Choice, SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { SipAccount } from './sip-account.tsx';
import { asTheyCan, SoundEncryption } from './sound-encryption.tsx';

export interface Line {
  id: string;
  label?: string;
  number: string | null;
  capacity: number;
  trust: readonly string[];
  accounts: readonly { username: string; password: string }[];
  register: object | null;
}

const transports = ['udp', 'tcp', 'tls'].map((value) => ({ value, text: value.toUpperCase() }));

export function LineEditor({ index, line }: { index: number; line: Line }) {
  const texts = useSettingsTexts().lines;
  const greetings = usePromptChoices();
  const path = `lines[${index}]`;
  return (
    <>
      <div className="setting-group">
        <SettingField path={`${path}.label`} />
        <SettingField path={`${path}.number`} />
        <SettingField path={`${path}.capacity`} />
        <SettingField path={`${path}.greeting`} choices={greetings} />
        <SettingField path={`${path}.sms`} />
      </div>
      <h4>{texts.comesIn}</h4>
      <Provider path={`${path}.register`} isOn={line.register !== null && line.register !== undefined} />
      <Accounts path={`${path}.accounts`} line={line} />
      <div className="setting-group">
        <SettingField path={`${path}.trust`} />
        <SettingField path={`${path}.comfort_noise`} />
      </div>
      <h4>{texts.goesOut}</h4>
      <div className="setting-group">
        <SettingField path={`${path}.gateway`} />
        <SettingField path={`${path}.patterns`} />
      </div>
    </>
  );
}

/** Every prompt that there is, and the built-in sound. */
export function usePromptChoices(): Choice[] {
  const texts = useSettingsTexts().prompts;
  const prompts = useDesk((view) => view.desk?.prompts) ?? {};
  return [
    { value: null, text: texts.builtIn },
    ...Object.keys(prompts)
      .toSorted()
      .map((id) => ({ value: id, text: id })),
  ];
}

function Provider({ path, isOn }: { path: string; isOn: boolean }) {
  const texts = useSettingsTexts().lines;
  const { draft } = useSettings();
  const empty = { server: 'sip:', username: '', password: '', transport: 'udp', srtp: asTheyCan };
  return (
    <div className="setting-sub">
      <label className="setting-switch">
        <input
          type="checkbox"
          checked={isOn}
          disabled={draft.isLocked(path)}
          onChange={({ target }) => draft.set(path, target.checked ? empty : null)}
        />
        {texts.provider}
      </label>
      {isOn && (
        <div className="setting-group">
          <SettingField path={`${path}.server`} />
          <SettingField path={`${path}.username`} />
          <SecretField path={`${path}.password`} canMakeUp={false} />
          <SettingField path={`${path}.transport`} choices={transports} />
          <SoundEncryption path={`${path}.srtp`} />
        </div>
      )}
    </div>
  );
}

function Accounts({ path, line }: { path: string; line: Line }) {
  const texts = useSettingsTexts();
  const { draft } = useSettings();
  const accounts = line.accounts ?? [];
  const isLocked = draft.isLocked(path);
  const next = `${line.id}${accounts.length === 0 ? '' : accounts.length + 1}`;
  return (
    <div className="setting-sub">
      <p>{texts.lines.accounts}</p>
      {accounts.map((account, at) => (
        // The place is what an account is known by while its name is typed.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className="account" data-account={account.username}>
          <div className="setting-group">
            <SettingField path={`${path}[${at}].username`} />
            <SecretField path={`${path}[${at}].password`} />
            <SoundEncryption path={`${path}[${at}].srtp`} />
          </div>
          <SipAccount />
          {!isLocked && (
            <Button
              icon="delete"
              tone="bare"
              aria-label={texts.removeIt(texts.lines.account(account.username))}
              onClick={() => draft.remove(path, at)}
            />
          )}
        </div>
      ))}
      {!isLocked && (
        <Button
          icon="plus"
          onClick={() => draft.add(path, { username: next, password: randomSecret(), srtp: asTheyCan })}
        >
          {texts.lines.addAccount}
        </Button>
      )}
    </div>
  );
}
