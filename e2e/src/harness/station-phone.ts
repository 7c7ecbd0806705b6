/** A phone of the station's own people: registers with digest, picks up by itself, says a tone. */
import { createPhone, type Phone, type PhoneCall, type Source } from '@openline/callers';
import type { Product } from './product.ts';
import { waitFor } from './wait-for.ts';

/** `username` is one of the accounts in stationSettings(): anna, ben, desk. */
export async function stationPhone(product: Product, username: string, source: Source): Promise<Phone> {
  const phone = await createPhone({ onCall: 'answer', source, codecs: ['PCMA'] });
  await phone.register({
    server: `sip:127.0.0.1:${product.sipPort}`,
    username,
    password: `${username}-sip-secret`,
  });
  return phone;
}

/** The call that the station has made to it. */
export function stationCall(phone: Phone): Promise<PhoneCall> {
  return waitFor('the station to ring the phone', () =>
    phone.calls.find((call) => call.direction === 'in' && call.state === 'answered'),
  );
}
