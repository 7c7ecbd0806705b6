// What can be set of an output: by its kind.
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { NumberChoice } from './number-choice.tsx';
import { SecretField } from './secret-field.tsx';
import { SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { listAt, textOf } from './settings-draft.ts';

export interface Output {
  id?: string;
  label?: string;
  type: 'icecast' | 'rtp' | 'device' | 'sip';
}

export const packetTimes = [1, 4, 5, 10, 20];

export function OutputFields({ id, output, path }: { id: string; output: Output; path: string }) {
  const texts = useSettingsTexts().outputs;
  const { view } = useSettings();
  const lines = listAt(view.draft, 'lines').map((line) => ({
    value: textOf(line, 'id'),
    text: textOf(line, 'label') || textOf(line, 'id'),
  }));
  return (
    <div className="setting-group">
      <SettingField path={`${path}.label`} mayBeAbsent />
      {output.type === 'icecast' && (
        <>
          <SettingField path={`${path}.url`} />
          <SecretField path={`${path}.password`} canMakeUp={false} mayBeAbsent />
          <SettingField path={`${path}.bitrate_kbps`} />
          <SettingField path={`${path}.description`} mayBeAbsent />
          <SettingField path={`${path}.genre`} mayBeAbsent />
          <SettingField path={`${path}.public`} />
        </>
      )}
      {output.type === 'rtp' && (
        <>
          <SettingField path={`${path}.address`} />
          <SettingField path={`${path}.port`} />
          <SettingField
            path={`${path}.encoding`}
            choices={['L24', 'L16'].map((value) => ({ value, text: value }))}
          />
          <NumberChoice path={`${path}.ptime_ms`} choices={packetTimes} />
          <SettingField path={`${path}.ttl`} />
          <SettingField path={`${path}.interface`} />
          <p className="setting">
            <a href={`/program/${id}.sdp`}>{texts.description}</a>
          </p>
        </>
      )}
      {output.type === 'device' && (
        <>
          <SettingField path={`${path}.program`} />
          <SettingField path={`${path}.device`} />
        </>
      )}
      {output.type === 'sip' && (
        <>
          <SettingField path={`${path}.address`} />
          <SettingField
            path={`${path}.line`}
            choices={[{ value: null, text: texts.defaultLine }, ...lines]}
          />
        </>
      )}
      <SettingField path={`${path}.delayed`} />
    </div>
  );
}
