// Where the studio desk's feed comes from and where its return goes: a SIP phone, a browser, a sound device of the server, RTP.
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { NumberChoice } from './number-choice.tsx';
import { packetTimes } from './output-fields.tsx';
import { Reachable } from './reachable.tsx';
import { KEPT, randomSecret, SecretField } from './secret-field.tsx';
import { Framed, LockedMark, SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { valueAt } from './settings-path.ts';
import { SipAccount } from './sip-account.tsx';

type ReturnKind = 'none' | 'device' | 'rtp';
type HostKind = 'phone' | 'webrtc' | 'device' | 'rtp';

interface HostSetting {
  type?: HostKind;
  username?: string;
  password?: string;
  return?: { type: Exclude<ReturnKind, 'none'> } | null;
}

const sampleWidths = ['L24', 'L16'].map((value) => ({ value, text: value }));
const kinds: readonly (readonly [HostKind, IconName])[] = [
  ['phone', 'plus'],
  ['webrtc', 'headset'],
  ['device', 'plus'],
  ['rtp', 'plus'],
];
const returnKinds: readonly ReturnKind[] = ['none', 'device', 'rtp'];

function beginningOf(kind: HostKind): object {
  switch (kind) {
    case 'phone':
      return { username: 'desk', password: randomSecret() };
    case 'webrtc':
      return {};
    case 'device':
      return { ...newReturn.device, channels: 1, return: newReturn.device };
    case 'rtp':
      return {
        address: '239.69.1.1',
        port: 5004,
        encoding: 'L24',
        rate: 48_000,
        channels: 2,
        interface: null,
        source: null,
        return: newReturn.rtp,
      };
  }
}

const newReturn = {
  device: { type: 'device', program: 'aplay', device: null },
  rtp: {
    type: 'rtp',
    address: '239.69.1.2',
    port: 5004,
    encoding: 'L24',
    ptime_ms: 1,
    ttl: 8,
    interface: null,
  },
} as const;

export function StudioDesk() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const isThere = useDesk((desk) => desk.desk?.mixer.host.connected) ?? false;
  const host = valueAt(view.draft, 'host') as HostSetting | null;
  const isLocked = draft.isLocked('host') || draft.isLocked('host.username');
  return (
    <section className="setting-card" data-phone="host">
      <h3>
        {texts.phones.host} {host && <Reachable isThere={isThere} />}
        {isLocked && <LockedMark />}
      </h3>
      <p className="settings-lead">{texts.phones.hostLead}</p>
      {host && <HostFields host={host} />}
      {host && !isLocked && (
        <Button icon="delete" className="card-remove" onClick={() => draft.set('host', null)}>
          {texts.removeIt(texts.phones.host)}
        </Button>
      )}
      {!host && (
        <div className="setting-row">
          {kinds.map(([kind, icon]) => (
            <Button
              key={kind}
              icon={icon}
              disabled={isLocked}
              onClick={() => draft.set('host', { type: kind, ...beginningOf(kind) })}
            >
              {texts.phones.hostKinds[kind]}
            </Button>
          ))}
        </div>
      )}
    </section>
  );
}

function HostFields({ host }: { host: HostSetting }) {
  const texts = useSettingsTexts().phones;
  switch (host.type ?? 'phone') {
    case 'phone':
      return (
        <>
          <p className="settings-lead">{texts.hostByPhone}</p>
          <div className="setting-group">
            <SettingField path="host.username" />
            <SecretField path="host.password" />
          </div>
          <SipAccount
            username={host.username ?? ''}
            password={host.password === KEPT ? null : (host.password ?? null)}
          />
        </>
      );
    case 'webrtc':
      return <p className="settings-lead">{texts.hostInBrowser}</p>;
    case 'device':
      return (
        <>
          <p className="settings-lead">{texts.hostByDevice}</p>
          <div className="setting-group">
            <SettingField path="host.program" />
            <SettingField path="host.device" />
            <NumberChoice path="host.channels" choices={[1, 2]} />
          </div>
          <Return />
        </>
      );
    case 'rtp':
      return (
        <>
          <p className="settings-lead">{texts.hostByRtp}</p>
          <div className="setting-group">
            <SettingField path="host.address" />
            <SettingField path="host.port" />
            <SettingField path="host.encoding" choices={sampleWidths} />
            <NumberChoice path="host.rate" choices={[48_000, 44_100]} />
            <NumberChoice path="host.channels" choices={[1, 2]} />
            <SettingField path="host.interface" />
            <SettingField path="host.source" />
          </div>
          <Return />
        </>
      );
  }
}

/** What the studio desk hears. */
function Return() {
  const texts = useSettingsTexts().phones;
  const { draft, view } = useSettings();
  const back = (valueAt(view.draft, 'host') as HostSetting).return ?? null;
  return (
    <div className="setting-group">
      <Framed path="host.return">
        {({ id, describedBy, isWrong }) => (
          <select
            id={id}
            value={back?.type ?? 'none'}
            disabled={draft.isLocked('host')}
            aria-describedby={describedBy}
            aria-invalid={isWrong || undefined}
            onChange={({ target }) => {
              const kind = returnKinds.find((one) => one === target.value) ?? 'none';
              draft.set('host.return', kind === 'none' ? null : newReturn[kind]);
            }}
          >
            {returnKinds.map((kind) => (
              <option key={kind} value={kind}>
                {texts.returnKinds[kind]}
              </option>
            ))}
          </select>
        )}
      </Framed>
      {back?.type === 'device' && (
        <>
          <SettingField path="host.return.program" />
          <SettingField path="host.return.device" />
        </>
      )}
      {back?.type === 'rtp' && (
        <>
          <SettingField path="host.return.address" />
          <SettingField path="host.return.port" />
          <SettingField path="host.return.encoding" choices={sampleWidths} />
          <NumberChoice path="host.return.ptime_ms" choices={packetTimes} />
          <SettingField path="host.return.ttl" />
          <SettingField path="host.return.interface" />
        </>
      )}
    </div>
  );
}
