// The first line, by what there is: the one line that every station begins with is told where its calls come from.
import { type FormEvent, useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { SecretField } from '../settings/secret-field.tsx';
import { LockedMark, Problems, SettingField } from '../settings/setting-field.tsx';
import { useSettings } from '../settings/settings-context.ts';
import { listAt } from '../settings/settings-draft.ts';
import { SipAccount } from '../settings/sip-account.tsx';
import { StepActs } from './step-acts.tsx';

type Kind = 'none' | 'provider' | 'gateway' | 'pbx';
const kinds: readonly Kind[] = ['provider', 'gateway', 'pbx', 'none'];
const LINE = 'lines[0]';
const PROVIDER = { server: 'sip:', username: '', password: '', transport: 'udp' };

export function FirstLine() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const [kind, setKind] = useState<Kind>('none');
  const isLocked = draft.isLocked('lines');

  function choose(next: Kind) {
    setKind(next);
    draft.discard();
    if (next === 'provider') draft.set(`${LINE}.register`, PROVIDER);
  }

  return (
    <section className="first-step" data-step="line">
      <h2>{texts.start.lineTitle}</h2>
      <p className="settings-lead">{texts.start.lineLead}</p>
      {isLocked ? (
        <p className="settings-lead">
          <LockedMark /> {texts.start.lineLocked}
        </p>
      ) : (
        <div className="choices" role="radiogroup" aria-label={texts.start.lineTitle}>
          {kinds.map((one) => (
            <label key={one} className="first-choice" data-chosen={kind === one || undefined}>
              <input type="radio" name="first-line" checked={kind === one} onChange={() => choose(one)} />
              <span>
                <strong>{texts.start.kinds[one]}</strong>
                <small>{texts.start.kindHints[one]}</small>
              </span>
            </label>
          ))}
        </div>
      )}
      {!isLocked && kind !== 'none' && <LineForm kind={kind} />}
      {view.notice === 'saved' && (
        <p className="says" role="status">
          {texts.start.lineSaved}
        </p>
      )}
      <StepActs back={null} next="/start/phone" />
    </section>
  );
}

function LineForm({ kind }: { kind: Exclude<Kind, 'none'> }) {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const [address, setAddress] = useState('');

  function save(event: FormEvent) {
    event.preventDefault();
    if (kind !== 'provider' && address.trim() !== '') {
      const [line] = listAt(view.draft, 'lines') as readonly { trust: readonly string[] }[];
      draft.set(`${LINE}.trust`, [...new Set([...(line?.trust ?? []), address.trim()])]);
      draft.set(`${LINE}.gateway`, `sip:${address.trim()}`);
    }
    void draft.save();
  }

  const elsewhere = view.problems.filter(
    ({ path }) => kind !== 'provider' || !path?.startsWith(`${LINE}.register`),
  );
  return (
    <form className="add-form" onSubmit={save}>
      <div className="setting-group">
        <SettingField path={`${LINE}.number`} />
        <SettingField path="station.country" />
        {kind === 'provider' && (
          <>
            <SettingField path={`${LINE}.register.server`} />
            <SettingField path={`${LINE}.register.username`} />
            <SecretField path={`${LINE}.register.password`} canMakeUp={false} />
            <SettingField path={`${LINE}.register.transport`} />
          </>
        )}
      </div>
      {kind !== 'provider' && (
        <>
          <TextField
            label={texts.start.address}
            hint={texts.start.addressHint}
            value={address}
            onValue={setAddress}
            autoComplete="off"
          />
          <SipAccount />
        </>
      )}
      <Problems texts={elsewhere.map(({ path, text }) => (path === null ? text : `${path} ${text}`))} />
      {view.notice === 'unreachable' && <Problems texts={[texts.save.unreachable]} />}
      <Button
        type="submit"
        tone="go"
        isPending={view.isSaving}
        disabled={view.isSaving || (kind !== 'provider' && address.trim() === '')}
        data-act="save-line"
      >
        {texts.start.saveLine}
      </Button>
    </form>
  );
}
