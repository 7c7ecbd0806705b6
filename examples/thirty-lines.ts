// Signs in and takes the next call that rings to air, then says so and ends. It uses nothing of this project but what
// http://localhost:8080/docs says: node examples/thirty-lines.ts http://localhost:8080 Anna 'the password'
const [station = 'http://localhost:8080', name, password] = process.argv.slice(2);
const session = await fetch(`${station}/api/session`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name, password }),
});
if (!session.ok) throw new Error(`not signed in: ${await session.text()}`);
const { token } = (await session.json()) as { token: string };

interface Channel {
  mode: string;
  direction: string | null;
}
const channels: Record<string, Channel> = {};
let taken: string | null = null;
const socket = new WebSocket(`${station.replace('http', 'ws')}/ws?token=${encodeURIComponent(token)}`);

socket.addEventListener('message', (message) => {
  const { event, data } = JSON.parse(String(message.data));
  if (event === 'event_error') taken = null;
  if (event === 'event_error') console.error(data.msg);
  if (event !== 'initialize' && event !== 'channelUpdate') return;
  const changes: [string, Channel][] = Object.entries(event === 'initialize' ? data.mixer.channels : data);
  for (const [id, change] of changes) channels[id] = { ...channels[id], ...change };
  taken ??= Object.keys(channels).find((id) => isRinging(channels[id])) ?? null;
  if (taken === null) return;
  if (isRinging(channels[taken]))
    socket.send(JSON.stringify({ event: 'channelMode', data: { [taken]: 'master' } }));
  if (channels[taken]?.mode !== 'master') return;
  console.log(`${taken} is on air`);
  socket.close();
});

function isRinging(channel: Channel | undefined): boolean {
  return channel?.mode === 'ring' && channel.direction === 'in';
}
