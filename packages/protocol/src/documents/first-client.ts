// The program that the published document begins with. A test runs it as it stands here, so it is the document's promise
// that nothing more is needed.
export const firstClient = `const [station, name, password] = process.argv.slice(2);
const session = await fetch(\`\${station}/api/session\`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name, password }),
});
const { token, error } = await session.json();
if (error) throw new Error(error.msg);

const channels = {};
const socket = new WebSocket(\`\${station.replace('http', 'ws')}/ws?token=\${token}\`);
const send = (event, data) => socket.send(JSON.stringify({ event, data }));

socket.addEventListener('message', (message) => {
  const { event, data } = JSON.parse(message.data);
  if (event === 'event_error') console.error(data.msg);
  if (event !== 'initialize' && event !== 'channelUpdate') return;
  const changes = event === 'initialize' ? data.mixer.channels : data;
  for (const [id, change] of Object.entries(changes)) {
    if (change === null) delete channels[id];
    else channels[id] = { ...channels[id], ...change };
    if (!change?.mode) continue;
    console.log(id, change.mode, channels[id].contact?.number ?? '');
    if (change.mode === 'ring' && channels[id].direction === 'in') send('channelMode', { [id]: 'on_hold' });
  }
});`;
