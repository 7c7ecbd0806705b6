// The screen of the call history.
import { useTexts } from '../../i18n/texts.ts';
import { RecordFilters, useRecordFilter } from '../../ui/record-filters.tsx';
import { Screen } from '../../ui/screen.tsx';
import { useDialRequest } from '../dial/dial-request.tsx';
import { CallList } from './call-list.tsx';

export default function CallsScreen() {
  const texts = useTexts();
  const { prepare } = useDialRequest();
  const filters = useRecordFilter();
  return (
    <Screen
      name="calls"
      title={texts.calls.title}
      tools={<RecordFilters state={filters} label={texts.calls.search} />}
    >
      <CallList
        filter={filters.filter}
        none={filters.isOpen ? texts.calls.none : texts.filters.nothingFits}
        onCallBack={prepare}
      />
    </Screen>
  );
}
