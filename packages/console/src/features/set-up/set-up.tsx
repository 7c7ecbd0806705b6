// First start: the one-time link leads here. Names the station, makes its administrator and opens the desk.
import { type FormEvent, useState } from 'react';
import { setUpStation, type SignedInUser, UNREACHABLE } from '../../connection/session-api.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Gate } from '../sign-in/gate.tsx';
import { TextField } from '../../ui/text-field.tsx';

interface SetUpProps {
  token: string;
  onSignedIn: (user: SignedInUser) => void;
}

/** As the server asks for it; said here in words that fit the page. */
const LEAST_PASSWORD = 8;

export function SetUp({ token, onSignedIn }: SetUpProps) {
  const texts = useTexts();
  const [station, setStation] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const isComplete = station.trim() !== '' && name.trim() !== '' && password !== '';

  function sentences(code: string, said: readonly string[]): readonly string[] {
    if (said.length > 0) return said;
    if (code === 'wrong_token' || code === 'set_up_done') return [texts.setUp.expired];
    return [code === UNREACHABLE ? texts.signIn.unreachable : texts.signIn.failed];
  }

  async function submit() {
    if (password.length < LEAST_PASSWORD) return setProblems([texts.setUp.passwordShort]);
    setBusy(true);
    setProblems([]);
    const result = await setUpStation(token, station.trim(), name.trim(), password);
    setBusy(false);
    if (result.ok) return onSignedIn(result.user);
    setProblems(sentences(result.code, result.problems));
    return undefined;
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    void submit();
  }

  if (token === '') {
    return (
      <Gate title={texts.setUp.title} lead={texts.setUp.noToken} footer={null}>
        <a className="gate-link" href="/">
          {texts.setUp.done}
        </a>
      </Gate>
    );
  }
  return (
    <Gate title={texts.setUp.title} lead={texts.setUp.lead} footer={null}>
      <form onSubmit={onSubmit}>
        <TextField
          label={texts.setUp.station}
          hint={texts.setUp.stationHint}
          value={station}
          onValue={setStation}
          autoComplete="organization"
          isFirst
        />
        <TextField
          label={texts.setUp.name}
          hint={texts.setUp.nameHint}
          value={name}
          onValue={setName}
          autoComplete="username"
        />
        <TextField
          label={texts.setUp.password}
          hint={texts.setUp.passwordHint}
          value={password}
          onValue={setPassword}
          type="password"
          autoComplete="new-password"
        />
        <div className="gate-problem" role="alert">
          {problems.map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
        </div>
        <Button type="submit" tone="go" isLarge isPending={isBusy} disabled={isBusy || !isComplete}>
          {isBusy ? texts.setUp.busy : texts.setUp.submit}
        </Button>
      </form>
      <a className="gate-link" href="/">
        {texts.setUp.done}
      </a>
    </Gate>
  );
}
