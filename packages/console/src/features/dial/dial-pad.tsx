// Rings a number: what to ring, where the called party lands when it answers, and on which channel.
import { mayDo } from '@openline/protocol';
import { RadioGroup } from 'radix-ui';
import { type FormEvent, useId, useState } from 'react';
import { useControls, useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Suggestions, useSuggestions } from '../desk/suggestions.tsx';
import { canTakeAside } from '../desk/strip-view.ts';
import { useSurroundings } from '../desk/surroundings.tsx';
import { useDialRequest } from './dial-request.tsx';

type Landing = 'on_hold' | 'me' | 'master' | 'ivr';
const landings: readonly Landing[] = ['on_hold', 'me', 'master', 'ivr'];
const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '0', '⌫'];

export function DialPad() {
  const texts = useTexts().dial;
  const { number, setNumber: onNumber, channelId, setChannelId: onChannel } = useDialRequest();
  const controls = useControls();
  const around = useSurroundings();
  const { me } = around;
  const channels = useDesk((view) => view.desk?.mixer.channels) ?? {};
  const isLive = useDesk((view) => view.phase === 'live');
  const isPending = useDesk((view) => view.pending.get('dial')?.has('call')) === true;
  const refusal = useDesk((view) => view.refusals.get('dial'));
  const [chosen, setLanding] = useState<Landing>('on_hold');

  const isAllowed: Record<Landing, boolean> = {
    on_hold: true,
    ivr: true,
    master: mayDo(me.role, 'callNumber', true),
    me: canTakeAside(around),
  };
  const landing = isAllowed[chosen] ? chosen : 'on_hold';
  const mayDial = isLive && mayDo(me.role, 'callNumber');
  const free = Object.entries(channels).filter(([, one]) => one.line_id !== null && one.mode === 'free');
  const onFree = free.some(([id]) => id === channelId) ? channelId : null;

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    const mode = landing === 'me' ? me.id : landing;
    controls.set('dial', 'call', 'callNumber', { number: number.trim(), mode, channel_id: onFree });
  }

  function press(key: string) {
    onNumber(key === '⌫' ? number.slice(0, -1) : number + key);
  }

  return (
    <form className="dial" onSubmit={onSubmit}>
      <NumberField number={number} onNumber={onNumber} />
      <div className="dial-keys">
        {digits.map((key) => (
          <Button
            key={key}
            {...(key === '⌫' ? { icon: 'erase' as const } : {})}
            aria-label={key === '⌫' ? texts.erase : texts.digit(key)}
            onClick={() => press(key)}
          >
            {key === '⌫' ? undefined : key}
          </Button>
        ))}
      </div>
      <RadioGroup.Root
        className="dial-lands"
        aria-label={texts.lands}
        value={landing}
        onValueChange={(to) => setLanding(to as Landing)}
      >
        {landings.map((to) => (
          <RadioGroup.Item key={to} className="button" value={to} disabled={!isAllowed[to]}>
            {texts.landsIn[to]}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <div className="dial-go">
        <select
          aria-label={texts.onChannel}
          value={onFree ?? ''}
          onChange={(event) => onChannel(event.target.value === '' ? null : event.target.value)}
        >
          <option value="">{texts.anyChannel}</option>
          {free.map(([id, one]) => (
            <option key={id} value={id}>
              {one.label}
            </option>
          ))}
        </select>
        <Button
          type="submit"
          tone="go"
          icon="outgoing"
          isPending={isPending}
          disabled={!mayDial || number.trim() === ''}
        >
          {texts.call}
        </Button>
      </div>
      {refusal && (
        <p className="section-refusal" role="status">
          {refusal}
        </p>
      )}
    </form>
  );
}

/** A number, or the beginning of a name: whom the address book knows by it is offered. */
function NumberField({ number, onNumber }: { number: string; onNumber: (number: string) => void }) {
  const texts = useTexts().dial;
  const listId = useId();
  const [isTyping, setTyping] = useState(false);
  const suggestions = useSuggestions(isTyping ? number : '');
  const isOpen = suggestions.people.length > 0;
  const choose = (person: { number: string }) => {
    onNumber(person.number);
    setTyping(false);
  };
  return (
    <div className="dial-field">
      <input
        id="dial-number"
        className="dial-number"
        value={number}
        placeholder={texts.numberHint}
        aria-label={texts.number}
        autoComplete="off"
        spellCheck={false}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={isOpen ? listId : undefined}
        aria-activedescendant={isOpen && suggestions.at >= 0 ? `${listId}-${suggestions.at}` : undefined}
        onChange={(event) => {
          setTyping(true);
          onNumber(event.target.value);
        }}
        onBlur={() => setTyping(false)}
        onKeyDown={(event) => void suggestions.onKey(event, choose)}
      />
      {isOpen && <Suggestions id={listId} list={suggestions} onChoose={choose} />}
    </div>
  );
}
