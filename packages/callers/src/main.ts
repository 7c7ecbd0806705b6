/**
 * The demo's listeners as a process of their own: `main.ts demo [SIP URI]`. Environment: OPENLINE_CALL (SIP URI of the
 * studio), OPENLINE_SETTINGS (the station's settings: whose phones to play). Ends with SIGTERM or with its launcher.
 */
import { readFileSync } from 'node:fs';
import { startDemo } from './demo.ts';

const [script = 'demo', address = process.env['OPENLINE_CALL']] = process.argv.slice(2);
if (script !== 'demo' || address === undefined || !/^sip:[^\s<>]+$/i.test(address)) {
  console.error('Say whom to call: main.ts demo sip:studio@127.0.0.1:5060, or OPENLINE_CALL');
  process.exit(78);
}

const stop = await startDemo({
  studio: address,
  phones: readPhones(process.env['OPENLINE_SETTINGS']),
  log: (line) => {
    if (process.env['OPENLINE_LOG'] === 'debug') console.error(line);
  },
});

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
process.on('disconnect', () => void end());
process.send?.({ type: 'ready' });

interface Account {
  username: string;
  password: string;
}

/** The users' phones and the host's, as the settings name them. */
function readPhones(file: string | undefined): Account[] {
  if (file === undefined || file === '') return [];
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { phones?: unknown; host?: unknown };
  const phones: unknown[] = Array.isArray(settings.phones) ? settings.phones : [];
  return [...phones, settings.host].filter(isAccount);
}

function isAccount(value: unknown): value is Account {
  return (
    typeof value === 'object' &&
    value !== null &&
    'username' in value &&
    'password' in value &&
    typeof value.username === 'string' &&
    typeof value.password === 'string'
  );
}
