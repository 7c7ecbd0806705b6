// How the next incoming call of a channel is answered by itself: a menu that shows its choice on the strip.
import { DropdownMenu } from 'radix-ui';
import { useDesk } from '../../connection/desk-context.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

interface AutoanswerProps {
  name: string;
  value: string | null;
  isDisabled: boolean;
  onChoose: (to: string | null) => void;
}

const NOBODY = 'free';
const places = ['master', 'on_hold', 'ivr'] as const;

export function Autoanswer({ name, value, isDisabled, onChoose }: AutoanswerProps) {
  const texts = useTexts();
  const users = useDesk((view) => view.desk?.users) ?? {};
  const isPlace = (to: string): to is (typeof places)[number] => places.some((place) => place === to);
  const short =
    value === null ? null : isPlace(value) ? texts.strip.autoTo[value] : (users[value]?.name ?? value);

  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild disabled={isDisabled}>
        <Button
          className="autoanswer"
          data-chosen={value !== null || undefined}
          aria-label={`${texts.strip.auto} ${short ?? texts.strip.autoNone}. ${texts.strip.autoInFull(name)}`}
        >
          {texts.strip.auto} <small>{short ?? texts.strip.autoNone}</small>
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" sideOffset={6} collisionPadding={8} align="end">
          <DropdownMenu.Label className="menu-label">{texts.strip.autoTitle}</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={value ?? NOBODY}
            onValueChange={(to) => onChoose(to === NOBODY ? null : to)}
          >
            <Choice value={NOBODY} text={texts.strip.autoOffFull} />
            {places.map((place) => (
              <Choice key={place} value={place} text={texts.strip.autoToFull[place]} />
            ))}
            {Object.entries(users).map(([id, user]) => (
              <Choice key={id} value={id} text={texts.strip.autoToUser(user.name)} />
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Choice({ value, text }: { value: string; text: string }) {
  return (
    <DropdownMenu.RadioItem className="menu-item" value={value}>
      <span className="menu-check">
        <DropdownMenu.ItemIndicator>
          <Icon name="check" size={16} />
        </DropdownMenu.ItemIndicator>
      </span>
      {text}
    </DropdownMenu.RadioItem>
  );
}
