// What became of a text that goes out: word and icon, and why when it failed.
import type { Message } from '@openline/protocol';
import { useTexts } from '../../i18n/texts.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';

const icons: Record<Message['status'], IconName> = {
  received: 'incoming',
  queued: 'clock',
  sending: 'send',
  sent: 'check',
  delivered: 'check',
  failed: 'unplugged',
};

export function MessageStatus({ message }: { message: Message }) {
  const texts = useTexts().messages;
  if (message.type === 'sms_in') {
    return message.incomplete ? <span className="text-status">{texts.incomplete}</span> : null;
  }
  const { status, error } = message;
  return (
    <span className="text-status" data-status={status}>
      <Icon name={icons[status]} size={14} />
      {texts.statuses[status]}
      {error !== null && status !== 'delivered' && <span className="text-error">{error}</span>}
    </span>
  );
}
