// Who may sign in: name, role, password; adding and removing people. Their phones are in the next part.
import { type Role, roles } from '@openline/protocol';
import { useState } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { RemovedItems } from './removed-items.tsx';
import { randomSecret, SecretField } from './secret-field.tsx';
import { LockedMark, Problems, SettingField, useProblems } from './setting-field.tsx';
import { useSettings } from './settings-context.ts';
import { listAt, textOf } from './settings-draft.ts';
import { isWithin } from './settings-path.ts';
import { shortName } from './short-name.ts';

interface User {
  id: string;
  name: string;
  role: Role;
  password?: string;
}

export function PeopleSection() {
  const texts = useSettingsTexts().people;
  const { view } = useSettings();
  const users = listAt(view.draft, 'users') as readonly User[];
  const problems = useProblems('users');
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <p className="settings-lead">{texts.lead}</p>
      <Problems texts={problems} />
      <ul className="setting-cards">
        {users.map((user, index) => (
          <Person
            key={user.id}
            user={user}
            index={index}
            isOpen={open === user.id}
            onToggle={() => setOpen(open === user.id ? null : user.id)}
          />
        ))}
      </ul>
      <RemovedItems list="users" nameOf={(user) => textOf(user, 'name') || textOf(user, 'id')} />
      <AddPerson taken={users.map(({ id }) => id)} onAdded={setOpen} />
    </>
  );
}

interface PersonProps {
  user: User;
  index: number;
  isOpen: boolean;
  onToggle: () => void;
}

function Person({ user, index, isOpen, onToggle }: PersonProps) {
  const texts = useSettingsTexts();
  const { roles: roleNames } = useTexts();
  const { draft, view } = useSettings();
  const you = useDesk((desk) => desk.desk?.you.user_id);
  const path = `users[${index}]`;
  const isLocked = draft.isLocked(path);
  const isYou = user.id === you;
  const isUnset = view.usersWithoutPassword.includes(user.id) && user.password === undefined;
  const isWrong = view.problems.some((problem) => problem.path !== null && isWithin(problem.path, path));
  return (
    <li className="setting-card" data-user={user.id} data-wrong={isWrong || undefined}>
      <h3>
        <button type="button" className="card-head" aria-expanded={isOpen} onClick={onToggle}>
          <Icon name="chevron" />
          <strong>{user.name || user.id}</strong>
          <span>{isYou ? `${user.id} · ${texts.people.you}` : user.id}</span>
          {isLocked && <LockedMark />}
          <span className="line-state" data-status={isUnset ? 'registering' : undefined}>
            {isUnset ? texts.people.noPassword : roleNames[user.role]}
          </span>
        </button>
      </h3>
      {isOpen && (
        <div className="card-body">
          <PersonFields user={user} path={path} isUnset={isUnset} />
          {!isLocked && (
            <Button
              icon="delete"
              className="card-remove"
              disabled={isYou}
              title={isYou ? texts.people.notSelf : undefined}
              onClick={() => removePerson(index)}
            >
              {texts.removeIt(user.name || user.id)}
            </Button>
          )}
        </div>
      )}
    </li>
  );

  /** With the phone, which would be nobody's. */
  function removePerson(at: number): void {
    const phones = listAt(view.draft, 'phones') as readonly { user: string }[];
    const phone = phones.findIndex((one) => one.user === user.id);
    if (phone >= 0) draft.remove('phones', phone);
    draft.remove('users', at);
  }
}

interface PersonFieldsProps {
  user: User;
  path: string;
  isUnset: boolean;
}

function PersonFields({ user, path, isUnset }: PersonFieldsProps) {
  const texts = useSettingsTexts();
  const { draft } = useSettings();
  const choices = roles.map((role) => ({ value: role, text: texts.people.roles[role] }));
  return (
    <div className="setting-group">
      <SettingField path={`${path}.name`} />
      <SettingField path={`${path}.role`} choices={choices} />
      {user.password === undefined ? (
        <div className="setting">
          <p className="setting-label">{texts.fields['users[].password'].label}</p>
          <div className="setting-row">
            <output className="secret-kept" data-unset={isUnset || undefined}>
              {isUnset ? texts.people.noPassword : texts.people.hasPassword}
            </output>
            <Button
              disabled={draft.isLocked(path)}
              onClick={() => draft.set(`${path}.password`, randomSecret())}
            >
              {texts.people.setPassword}
            </Button>
          </div>
        </div>
      ) : (
        <SecretField path={`${path}.password`} />
      )}
    </div>
  );
}

interface AddPersonProps {
  taken: readonly string[];
  onAdded: (id: string) => void;
}

function AddPerson({ taken, onAdded }: AddPersonProps) {
  const texts = useSettingsTexts();
  const { draft } = useSettings();
  const [name, setName] = useState('');
  const [typedId, setTypedId] = useState<string | null>(null);
  const [role, setRole] = useState<Role>('screener');
  const id = typedId ?? shortName(name, taken);
  const canAdd = name.trim() !== '' && id !== '' && !taken.includes(id);

  function addIt() {
    draft.add('users', { id, name: name.trim(), role, password: randomSecret() });
    setName('');
    setTypedId(null);
    onAdded(id);
  }

  return (
    <form
      className="add-form"
      aria-label={texts.people.addTitle}
      onSubmit={(event) => {
        event.preventDefault();
        if (canAdd) addIt();
      }}
    >
      <h3>{texts.people.addTitle}</h3>
      <fieldset className="kinds">
        <legend>{texts.fields['users[].role'].label}</legend>
        {roles.map((one) => (
          <label key={one}>
            <input type="radio" name="new-role" checked={role === one} onChange={() => setRole(one)} />
            {texts.people.roles[one]}
          </label>
        ))}
      </fieldset>
      <div className="setting-group">
        <TextField label={texts.people.addName} value={name} onValue={setName} autoComplete="off" />
        <TextField
          label={texts.people.addId}
          hint={texts.people.addIdHint}
          value={id}
          onValue={setTypedId}
          autoComplete="off"
        />
      </div>
      <Button type="submit" icon="plus" disabled={!canAdd}>
        {texts.add}
      </Button>
    </form>
  );
}
