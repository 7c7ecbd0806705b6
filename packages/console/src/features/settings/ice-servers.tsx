// STUN and TURN servers, for headsets that are not in the station's own network.
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { RemovedItems } from './removed-items.tsx';
import { SecretField } from './secret-field.tsx';
import { LockedMark, SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { listAt, textOf } from './settings-draft.ts';

const LIST = 'headsets.ice_servers';

export function IceServers() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const servers = listAt(view.draft, LIST) as readonly { url: string; username: string | null }[];
  const isLocked = draft.isLocked(LIST);
  return (
    <section className="setting-card" data-setting={LIST}>
      <h3>
        {texts.headsets.title} {isLocked && <LockedMark />}
      </h3>
      <p className="settings-lead">{texts.headsets.lead}</p>
      {servers.map(({ url }, index) => (
        // They have no name but their place.
        // eslint-disable-next-line react/no-array-index-key
        <div key={index} className="setting-group">
          <SettingField path={`${LIST}[${index}].url`} />
          {url.startsWith('turn') && (
            <>
              <SettingField path={`${LIST}[${index}].username`} />
              <SecretField path={`${LIST}[${index}].password`} />
            </>
          )}
          {!isLocked && (
            <Button icon="delete" className="card-remove" onClick={() => draft.remove(LIST, index)}>
              {texts.removeIt(url)}
            </Button>
          )}
        </div>
      ))}
      <RemovedItems list={LIST} nameOf={(server) => textOf(server, 'url')} />
      {!isLocked && (
        <div className="setting-row">
          <Button
            icon="plus"
            onClick={() => draft.add(LIST, { url: 'stun:', username: null, password: null })}
          >
            {texts.headsets.add}
          </Button>
        </div>
      )}
    </section>
  );
}
