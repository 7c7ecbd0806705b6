/** The part of the settings that texts need, in the words of the desk and of the gateways. */
import type { TextsConfig } from '../desk/records/texts-config.ts';
import type { SipMessageConfig } from '../sms/sip-message-gateway.ts';
import type { Settings } from './schema.ts';
import { channelIds } from './settings.ts';

export function toTextsConfig(settings: Settings): TextsConfig {
  const { sms } = settings;
  return {
    lines: textLines(settings).map((line) => ({
      id: line.id,
      channelIds: channelIds(line),
      patterns: line.patterns,
    })),
    accounts: accountNames(settings),
    retryLimit: sms.retry_limit,
    maxParts: sms.max_parts,
    tagRules: sms.tag_rules,
  };
}

/** SIP carries what no other gateway does. */
export function toSipMessageConfig(settings: Settings): SipMessageConfig {
  const { gateways, delivery_reports: asksForDelivery } = settings.sms;
  const lines = textLines(settings)
    .map(({ id }) => id)
    .filter((id) => !gateways.some(({ line }) => line === id));
  return { lines, accounts: accountNames(settings), asksForDelivery };
}

function textLines(settings: Settings): Settings['lines'] {
  return settings.lines.filter(({ sms }) => sms);
}

function accountNames({ phones, host, lines }: Settings): string[] {
  const all = [
    ...phones,
    ...(host?.type === 'phone' ? [host] : []),
    ...lines.flatMap(({ accounts }) => accounts),
  ];
  return all.map(({ username }) => username);
}
