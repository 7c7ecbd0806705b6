// The screen of the call history.
import { useDeferredValue, useMemo, useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { Screen } from '../../ui/screen.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { useDialRequest } from '../dial/dial-request.tsx';
import { CallList } from './call-list.tsx';

export default function CallsScreen() {
  const texts = useTexts().calls;
  const { prepare } = useDialRequest();
  const [words, setWords] = useState('');
  const search = useDeferredValue(words);
  const filter = useMemo(() => ({ search }), [search]);
  return (
    <Screen
      name="calls"
      title={texts.title}
      tools={<SearchField label={texts.search} value={words} onValue={setWords} />}
    >
      <CallList filter={filter} onCallBack={prepare} />
    </Screen>
  );
}
