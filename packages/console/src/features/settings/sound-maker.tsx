// A new prompt: a file of whatever form, or recorded here; listened to, then kept under a short name.
import { type ChangeEvent, useEffect, useState } from 'react';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Button } from '../../ui/button.tsx';
import { durationText } from '../../ui/duration.ts';
import { useSecond } from '../../ui/second-ticker.ts';
import { TextField } from '../../ui/text-field.tsx';
import { shortName } from './short-name.ts';
import { toWav } from './sound-file.ts';
import { useRecorder } from './use-recorder.ts';

interface SoundMakerProps {
  title: string;
  hint: string;
  /** null: kept; else why not, in words. */
  keep: (id: string, sound: Blob) => Promise<string | null>;
  said: (id: string) => string;
}

interface Made {
  sound: Blob;
  url: string;
}

export function SoundMaker({ title, hint, keep, said }: SoundMakerProps) {
  const texts = useSettingsTexts().prompts;
  const [id, setId] = useState('');
  const [made, setMade] = useState<Made | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [says, setSays] = useState<string | null>(null);
  const recorder = useRecorder(
    (sound) => void take(sound),
    (trouble) => setSays(texts[trouble]),
  );
  useEffect(() => () => URL.revokeObjectURL(made?.url ?? ''), [made]);

  async function take(sound: Blob) {
    setBusy(true);
    const wav = await toWav(sound);
    setBusy(false);
    setSays(wav ? null : texts.notSound);
    setMade(wav && { sound: wav, url: URL.createObjectURL(wav) });
  }

  function choose({ target }: ChangeEvent<HTMLInputElement>) {
    const [file] = target.files ?? [];
    if (!file) return;
    if (id === '') setId(shortName(file.name.replace(/\.[^.]+$/, ''), []));
    void take(file);
    target.value = '';
  }

  async function keepIt() {
    if (!made) return;
    if (id === '') return setSays(texts.nameFirst);
    setBusy(true);
    const problem = await keep(id, made.sound);
    setBusy(false);
    setSays(problem ?? said(id));
    if (problem !== null) return;
    setMade(null);
    setId('');
  }

  return (
    <section className="add-form" aria-label={title}>
      <h3>{title}</h3>
      <TextField label={texts.id} hint={hint} value={id} onValue={setId} autoComplete="off" />
      <div className="setting-row">
        <label className="button file-button" data-disabled={isBusy || undefined}>
          {texts.upload}
          <input type="file" accept="audio/*" disabled={isBusy} onChange={choose} />
        </label>
        {recorder.since === null ? (
          <Button icon="record" disabled={isBusy} onClick={recorder.start} data-act="record">
            {texts.record}
          </Button>
        ) : (
          <Button tone="air" isLit onClick={recorder.stop} data-act="stop">
            {texts.stop}
          </Button>
        )}
        {recorder.since !== null && <Running since={recorder.since} />}
      </div>
      <small>{texts.uploadHint}</small>
      {made && (
        <div className="made">
          <p>{texts.listen}</p>
          <audio controls src={made.url}>
            <track kind="captions" />
          </audio>
          <div className="setting-row">
            <Button
              tone="go"
              isPending={isBusy}
              disabled={isBusy}
              onClick={() => void keepIt()}
              data-act="keep"
            >
              {texts.keep}
            </Button>
            <Button onClick={() => setMade(null)}>{texts.throwAway}</Button>
          </div>
        </div>
      )}
      <p className="says" role="status">
        {isBusy ? texts.busy : says}
      </p>
    </section>
  );
}

function Running({ since }: { since: number }) {
  const texts = useSettingsTexts().prompts;
  const second = useSecond();
  return <span>{texts.recording(durationText(Math.max(0, second * 1000 - since)))}</span>;
}
