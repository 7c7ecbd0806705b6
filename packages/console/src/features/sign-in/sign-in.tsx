// The page before the desk: name and password. What was typed stays when the server refuses or is not there.
import { type FormEvent, useState } from 'react';
import { type SignedInUser, signIn, UNREACHABLE } from '../../connection/session-api.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { Gate } from './gate.tsx';
import { TextField } from '../../ui/text-field.tsx';

export function SignIn({ onSignedIn }: { onSignedIn: (user: SignedInUser) => void }) {
  const texts = useTexts();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  function sentence(code: string): string {
    if (code === UNREACHABLE) return texts.signIn.unreachable;
    if (code === 'wrong_password') return texts.signIn.wrong;
    return code === 'too_many_attempts' ? texts.signIn.tooMany : texts.signIn.failed;
  }

  async function submit() {
    setBusy(true);
    setProblem(null);
    const result = await signIn(name.trim(), password);
    setBusy(false);
    if (result.ok) return onSignedIn(result.user);
    setProblem(sentence(result.code));
    return undefined;
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    void submit();
  }

  return (
    <Gate title={texts.signIn.title} lead={null} footer={texts.signIn.firstStart}>
      <form onSubmit={onSubmit}>
        <TextField label={texts.signIn.name} value={name} onValue={setName} autoComplete="username" isFirst />
        <TextField
          label={texts.signIn.password}
          value={password}
          onValue={setPassword}
          type="password"
          autoComplete="current-password"
        />
        <p className="gate-problem" role="alert">
          {problem}
        </p>
        <Button type="submit" tone="go" isLarge isPending={isBusy} disabled={isBusy || name === ''}>
          {isBusy ? texts.signIn.busy : texts.signIn.submit}
        </Button>
      </form>
    </Gate>
  );
}
