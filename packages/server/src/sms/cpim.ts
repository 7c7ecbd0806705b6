/**
 * Messages in an envelope (RFC 3862, message/cpim) with a wish to hear of their delivery (RFC 5438, IMDN), and the
 * answers to that wish. Used by sip-message-gateway.ts. Pure.
 */
export interface Cpim {
  /** Inner type, without parameters, lower case. */
  contentType: string;
  content: string;
  /** When it was sent, by the sender, epoch ms. */
  sentAt: number | null;
  /** IMDN's name of the message. */
  messageId: string | null;
}

/** null: not in the form of RFC 3862. */
export function parseCpim(body: string): Cpim | null {
  const text = body.replaceAll('\r\n', '\n');
  // Message headers, an empty line, MIME headers, an empty line, the content.
  const [, outer, inner, content] = /^([^]*?)\n\n([^]*?)\n\n([^]*)$/.exec(text) ?? [];
  if (outer === undefined || inner === undefined || content === undefined) return null;
  const headers = headersIn(`${outer}\n${inner}`);
  const contentType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (!contentType) return null;
  const at = Date.parse(headers.get('datetime') ?? '');
  return {
    contentType,
    content: content.trimEnd(),
    sentAt: Number.isNaN(at) ? null : at,
    messageId: imdnId(headers),
  };
}

export function buildCpim(message: { id: string; to: string; content: string; at: number }): string {
  const uri = /^sips?:/i.test(message.to) ? message.to : `sip:${encodeURIComponent(message.to)}@localhost`;
  return [
    'From: <sip:anonymous@anonymous.invalid>',
    `To: <${uri}>`,
    `DateTime: ${new Date(message.at).toISOString()}`,
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${message.id}`,
    'imdn.Disposition-Notification: positive-delivery, negative-delivery',
    '',
    'Content-Type: text/plain; charset=utf-8',
    '',
    message.content,
  ].join('\r\n');
}

export interface DeliveryNote {
  messageId: string;
  outcome: 'delivered' | 'failed';
}

/** RFC 5438 11.1: what became of a message of ours; null: nothing that we asked for. */
export function parseDeliveryNote(xml: string): DeliveryNote | null {
  const messageId = /<(?:\w+:)?message-id>\s*([^<\s]{1,128})\s*</.exec(xml)?.[1];
  const status = /<(?:\w+:)?status>\s*<(?:\w+:)?(delivered|displayed|failed|forbidden|error)\b/.exec(
    xml,
  )?.[1];
  if (!messageId || !status) return null;
  return { messageId, outcome: status === 'delivered' || status === 'displayed' ? 'delivered' : 'failed' };
}

function headersIn(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.set(name.toLowerCase(), value.trim());
  }
  return headers;
}

/** The prefix is whatever NS says that it is. */
function imdnId(headers: ReadonlyMap<string, string>): string | null {
  const prefix = /^(\S+)\s+<urn:ietf:params:imdn>$/i.exec(headers.get('ns') ?? '')?.[1] ?? 'imdn';
  return headers.get(`${prefix.toLowerCase()}.message-id`) ?? null;
}
