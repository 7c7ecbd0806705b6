/**
 * The gateways that the settings name, beside SIP. One stays the same object as long as its settings do, so that a
 * change elsewhere does not stop it. Constructed by main.ts.
 */
import type { SmsGateway } from '../desk/ports/sms-gateway.ts';
import type { SipTexts } from '../desk/ports/sip-texts.ts';
import type { Settings } from '../settings/schema.ts';
import { toSipMessageConfig } from '../settings/texts-config.ts';
import { GammuGateway } from './gammu-gateway.ts';
import { SipMessageGateway } from './sip-message-gateway.ts';

export interface TextGatewaysOptions {
  sip: SipTexts;
  settings: () => Settings;
  now: () => number;
  onProblem: (problem: unknown) => void;
}

/** Each call gives those of the settings as they are now. */
export function createTextGateways({
  sip,
  settings,
  now,
  onProblem,
}: TextGatewaysOptions): () => SmsGateway[] {
  const overSip = new SipMessageGateway({
    sip,
    config: () => toSipMessageConfig(settings()),
    now,
    onProblem,
  });
  const byDocument = new Map<string, SmsGateway>();
  return () => {
    const wanted = new Map(settings().sms.gateways.map((each) => [JSON.stringify(each), each]));
    for (const document of byDocument.keys()) if (!wanted.has(document)) byDocument.delete(document);
    for (const [document, gateway] of wanted) {
      if (!byDocument.has(document)) byDocument.set(document, new GammuGateway({ ...gateway, onProblem }));
    }
    return [...byDocument.values(), overSip];
  };
}
