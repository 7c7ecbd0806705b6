/**
 * SIPp as the far end's signalling: a scenario per behaviour, its SDP naming a media port of ours, so that the test
 * itself is the far end's ear and mouth. `exit` resolves to SIPp's own verdict (0: every message came as the scenario says).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';
import { dyingWithUs } from './with-us.ts';

export interface SippRun {
  readonly exit: Promise<{ code: number; log: string }>;
  stop(): Promise<void>;
}

export interface SippOptions {
  scenario: string;
  /** host:port of the engine; for a called party (UAS) it is left out. */
  target?: string;
  localPort: number;
  transport?: 'udp' | 'tcp';
  mediaPort: number;
  /** Where a scenario that moves its media moves to. */
  secondMediaPort?: number;
  /** Number that the scenario calls from. */
  from?: string;
  to?: string;
  calls?: number;
  timeoutS?: number;
}

export function runSipp(options: SippOptions): SippRun {
  const folder = temporaryFolder('sipp');
  const file = join(folder, 'scenario.xml');
  writeFileSync(file, options.scenario);
  const calls = String(options.calls ?? 1);
  const args: string[] = options.target === undefined ? [] : [options.target];
  args.push('-sf', file, '-i', '127.0.0.1', '-p', String(options.localPort));
  args.push('-t', options.transport === 'tcp' ? 't1' : 'u1', '-m', calls, '-l', calls);
  args.push(
    '-nostdin',
    '-trace_err',
    '-trace_msg',
    '-timeout',
    `${options.timeoutS ?? 90}s`,
    '-timeout_error',
  );
  args.push('-key', 'my_media_port', String(options.mediaPort));
  args.push('-key', 'my_second_port', String(options.secondMediaPort ?? 0));
  args.push('-key', 'caller', options.from ?? '+2203001234', '-s', options.to ?? 'studio');
  const child: ChildProcess = spawn(...dyingWithUs('sipp', args), {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TERM: 'dumb' },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  const exit = new Promise<{ code: number; log: string }>((resolve) => {
    child.on('exit', (code) => {
      const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
      resolve({
        code: code ?? -1,
        log: stderr + logs.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n'),
      });
    });
  });
  return {
    exit,
    async stop() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

const sdp = `v=0
o=sipp 53655765 2353687637 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [my_media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=sendrecv`;

const request = (method: string, more: string, body = '') => `<![CDATA[
${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "SIPp" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]sipp[call_number]
${more}
Call-ID: [call_id]
Contact: <sip:[caller]@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
Content-Length: [len]
${body === '' ? '' : `\n${body}`}
]]>`;

const opening = request(
  'INVITE',
  'To: <sip:[service]@[remote_ip]:[remote_port]>\nCSeq: 1 INVITE\nContent-Type: application/sdp',
  sdp,
);
const acknowledge = `<![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "SIPp" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]sipp[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]>`;
const response = (status: string, more = '', body = '') => `<![CDATA[
SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]uas[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
${more}Content-Length: [len]
${body === '' ? '' : `\n${body}`}
]]>`;
/** The To of a request inside the dialog has its tag already. */
const innerResponse = (status: string, more = '', body = '') =>
  response(status, more, body).replace(';tag=[pid]uas[call_number]', '');
const scenario = (name: string, steps: string) => `<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="${name}">
${steps}
</scenario>
`;

/** Rings in, is answered, stays until the station hangs up. */
export const callerUntilDropped = scenario(
  'caller until dropped',
  `<send retrans="500">${opening}</send>
<recv response="100" optional="true"/><recv response="180" optional="true"/>
<recv response="200" rrs="true"/>
<send>${acknowledge}</send>
<recv request="BYE"/>
<send>${innerResponse('200 OK')}</send>`,
);

/** Rings in and is refused or cancelled by nobody but itself: sends CANCEL after the first 180. */
export const callerWhoGivesUp = scenario(
  'caller who gives up',
  `<send retrans="500">${opening}</send>
<recv response="100" optional="true"/>
<recv response="180"/>
<pause milliseconds="300"/>
<send retrans="500"><![CDATA[
CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-4]
From: "SIPp" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]sipp[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 CANCEL
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
<recv response="487"/>
<send>${acknowledge.replace('[branch]', '[branch-6]')}</send>`,
);

/** Rings in and hears busy. */
export const callerWhoHearsBusy = scenario(
  'caller who hears busy',
  `<send retrans="500">${opening}</send>
<recv response="100" optional="true"/><recv response="180" optional="true"/>
<recv response="486"/>
<send>${acknowledge.replace('[next_url]', 'sip:[service]@[remote_ip]:[remote_port]').replace('[branch]', '[branch-4]')}</send>`,
);

/** Called: rings, answers, stays until the station hangs up. */
export const calledAnswers = scenario(
  'called answers',
  `<recv request="INVITE" crlf="true"/>
<send>${response('180 Ringing')}</send>
<pause milliseconds="300"/>
<send retrans="500">${response('200 OK', 'Content-Type: application/sdp\n', sdp)}</send>
<recv request="ACK"/>
<recv request="BYE"/>
<send>${innerResponse('200 OK')}</send>`,
);

/** Called: answers, then moves its media with a re-INVITE, stays until the station hangs up. */
export const calledReinvites = scenario(
  'called answers and re-invites',
  `<recv request="INVITE" crlf="true"><action>
  <ereg regexp=".*" search_in="hdr" header="From:" assign_to="remote"/>
  <ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="contact"/>
</action></recv>
<send>${response('180 Ringing')}</send>
<send retrans="500">${response('200 OK', 'Content-Type: application/sdp\n', sdp)}</send>
<recv request="ACK"/>
<pause milliseconds="500"/>
<send retrans="500"><![CDATA[
INVITE [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[service]@[local_ip]:[local_port]>;tag=[pid]uas[call_number]
To:[$remote]
Call-ID: [call_id]
CSeq: 10 INVITE
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

${sdp.replace('2353687637', '2353687638').replace('a=sendrecv', 'a=sendrecv\na=x-moved:1').replace('[my_media_port]', '[my_second_port]')}
]]></send>
<recv response="100" optional="true"/>
<recv response="200"/>
<send><![CDATA[
ACK [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[service]@[local_ip]:[local_port]>;tag=[pid]uas[call_number]
To:[$remote]
Call-ID: [call_id]
CSeq: 10 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv request="BYE"/>
<send>${innerResponse('200 OK')}</send>`,
);

/** Called: refuses with a status such as '486 Busy Here'. */
export const calledRefuses = (status: string): string =>
  scenario(
    `called refuses ${status}`,
    `<recv request="INVITE" crlf="true"/>
<send retrans="500">${response(status)}</send>
<recv request="ACK"/>`,
  );

/** Called: rings for ever; answers the CANCEL. */
export const calledRingsOnly = scenario(
  'called rings only',
  `<recv request="INVITE" crlf="true"/>
<send>${response('180 Ringing')}</send>
<recv request="CANCEL"/>
<send>${innerResponse('200 OK')}</send>
<send retrans="500"><![CDATA[
SIP/2.0 487 Request Terminated
[last_Via:]
[last_From:]
[last_To:];tag=[pid]uas[call_number]
[last_Call-ID:]
CSeq: 1 INVITE
Content-Length: 0

]]></send>
<recv request="ACK"/>`,
);

/** Sends a text and waits for the final status; with `again`, sends it once more as one whose answer was lost. */
export const textSender = (text: string, status: number, again = false): string => {
  const message = (cseq: number, branch: string) =>
    request(
      'MESSAGE',
      `To: <sip:[service]@[remote_ip]:[remote_port]>\nCSeq: ${cseq} MESSAGE\nContent-Type: text/plain;charset=UTF-8`,
      text,
    ).replace('[branch]', branch);
  const once = (cseq: number, branch: string) =>
    `<send retrans="500">${message(cseq, branch)}</send><recv response="${status}"/>`;
  return scenario('text sender', once(1, '[branch]') + (again ? once(2, '[branch]again') : ''));
};

/** Takes a text, answering its tries with these in turn, such as '503 Service Unavailable', '200 OK'. */
export const textTaker = (...statuses: string[]): string =>
  scenario(
    'text taker',
    statuses
      .map((status) => `<recv request="MESSAGE" crlf="true"/><send>${response(status)}</send>`)
      .join('\n'),
  );
