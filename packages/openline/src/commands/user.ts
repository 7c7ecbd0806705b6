/** `openline user add ID NAME ROLE` and `openline user password ID`. */
import { askPassword } from './ask-password.ts';
import { complain, withStation } from './with-station.ts';

export function runUser(args: readonly string[]): Promise<number> {
  const [verb, id, name, role] = args;
  if (verb === 'add' && id && name && role) return addUser({ id, name, role });
  if (verb === 'password' && id) return setPassword(id);
  return Promise.resolve(
    complain([
      'openline user add ID NAME viewer|screener|producer|administrator',
      'openline user password ID',
    ]),
  );
}

function addUser(user: { id: string; name: string; role: string }): Promise<number> {
  return withStation(async ({ settings }) => {
    if (settings.user(user.id)) return complain([`There is a user "${user.id}" already.`]);
    const password = await askPassword(`Password for ${user.name}: `);
    const result = await settings.change((document) => ({
      ...document,
      users: [...document.users, { ...user, password }],
    }));
    if (!result.ok) return complain(result.problems);
    console.log(`${user.name} can sign in as "${user.id}".`);
    return 0;
  });
}

function setPassword(id: string): Promise<number> {
  return withStation(async ({ settings }) => {
    if (!settings.user(id)) return complain([`There is no user "${id}".`]);
    const password = await askPassword(`New password for ${id}: `);
    const result = await settings.change((document) => ({
      ...document,
      users: document.users.map((user) => (user.id === id ? { ...user, password } : user)),
    }));
    if (!result.ok) return complain(result.problems);
    console.log(`The password of "${id}" is changed.`);
    return 0;
  });
}
