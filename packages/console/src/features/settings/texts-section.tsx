// Texts: modems behind gammu-smsd, how long a text is tried, and tags by the first word.
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { RemovedItems } from './removed-items.tsx';
import { SettingField } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { listAt, textOf } from './settings-draft.ts';

const FOLDERS = ['inbox', 'outbox', 'sent', 'error'] as const;

export function TextsSection() {
  const texts = useSettingsTexts().texts;
  return (
    <>
      <p className="settings-lead">{texts.lead}</p>
      <Gateways />
      <h3>{texts.rules}</h3>
      <TagRules />
      <h3>{texts.sending}</h3>
      <div className="setting-group">
        <SettingField path="sms.max_parts" />
        <SettingField path="sms.retry_limit" />
        <SettingField path="sms.delivery_reports" />
      </div>
    </>
  );
}

function Gateways() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const list = 'sms.gateways';
  const gateways = listAt(view.draft, list) as readonly { id: string }[];
  const lines = (
    listAt(view.draft, 'lines') as readonly { id: string; label?: string; sms: boolean }[]
  ).filter(({ sms }) => sms);
  const choices = lines.map(({ id, label }) => ({ value: id, text: label || id }));
  const isLocked = draft.isLocked(list);
  const empty = {
    id: gateways.length === 0 ? 'modem' : `modem-${gateways.length + 1}`,
    type: 'gammu',
    line: lines[0]?.id ?? '',
    ...Object.fromEntries(FOLDERS.map((folder) => [folder, `/var/spool/gammu/${folder}`])),
  };
  return (
    <>
      <h3>{texts.texts.gateways}</h3>
      {gateways.map(({ id }, at) => (
        // The place is what a modem is known by while its name is typed.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className="setting-card" data-gateway={id}>
          <div className="setting-group">
            <SettingField path={`${list}[${at}].id`} />
            <SettingField path={`${list}[${at}].line`} choices={choices} />
            {FOLDERS.map((folder) => (
              <SettingField key={folder} path={`${list}[${at}].${folder}`} />
            ))}
          </div>
          {!isLocked && (
            <Button icon="delete" className="card-remove" onClick={() => draft.remove(list, at)}>
              {texts.removeIt(texts.texts.gateway(id))}
            </Button>
          )}
        </div>
      ))}
      <RemovedItems list={list} nameOf={(one) => texts.texts.gateway(textOf(one, 'id'))} />
      {lines.length === 0 && <p className="settings-lead">{texts.texts.noLine}</p>}
      <Button icon="plus" disabled={isLocked || lines.length === 0} onClick={() => draft.add(list, empty)}>
        {texts.texts.addGateway}
      </Button>
    </>
  );
}

function TagRules() {
  const texts = useSettingsTexts();
  const { draft, view } = useSettings();
  const list = 'sms.tag_rules';
  const rules = listAt(view.draft, list) as readonly { word: string }[];
  const isLocked = draft.isLocked(list);
  return (
    <>
      {rules.map(({ word }, at) => (
        // A rule has no name but its place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className="setting-group rule">
          <SettingField path={`${list}[${at}].word`} />
          <SettingField path={`${list}[${at}].tag`} />
          {!isLocked && (
            <Button
              icon="delete"
              tone="bare"
              aria-label={texts.removeIt(texts.texts.rule(word))}
              onClick={() => draft.remove(list, at)}
            />
          )}
        </div>
      ))}
      <RemovedItems list={list} nameOf={(one) => texts.texts.rule(textOf(one, 'word'))} />
      <Button icon="plus" disabled={isLocked} onClick={() => draft.add(list, { word: '', tag: '' })}>
        {texts.texts.addRule}
      </Button>
    </>
  );
}
