// Who did what, newest first, for producers and administrators.
import { useEffect, useState } from 'react';
import { useDesk } from '../../connection/desk-context.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { useLanguage } from '../../i18n/texts.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyNote } from '../../ui/screen.tsx';
import { AUDIT_PAGE, type AuditEntry, fetchAudit } from './settings-api.ts';

export function AuditSection() {
  const texts = useSettingsTexts();
  const [entries, setEntries] = useState<readonly AuditEntry[] | null>(null);
  const [hasMore, setMore] = useState(false);
  const [isFailed, setFailed] = useState(false);

  function take(page: readonly AuditEntry[] | null) {
    setFailed(page === null);
    if (page === null) return;
    setEntries((known) => [...(known ?? []), ...page]);
    setMore(page.length === AUDIT_PAGE);
  }
  useEffect(() => {
    let isStale = false;
    void fetchAudit(null).then((page) => isStale || take(page));
    return () => {
      isStale = true;
    };
  }, []);

  if (isFailed && entries === null) return <EmptyNote>{texts.failed}</EmptyNote>;
  if (entries === null) return <EmptyNote>{texts.reading}</EmptyNote>;
  if (entries.length === 0) return <EmptyNote>{texts.log.none}</EmptyNote>;
  return (
    <>
      <p className="settings-lead">{texts.log.lead}</p>
      <div className="log-scroll">
        <table className="log">
          <thead>
            <tr>
              <th scope="col">{texts.log.when}</th>
              <th scope="col">{texts.log.who}</th>
              <th scope="col">{texts.log.what}</th>
              <th scope="col">{texts.log.from}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <LogRow key={entry.id} entry={entry} />
            ))}
          </tbody>
        </table>
      </div>
      {hasMore && (
        <Button onClick={() => void fetchAudit(entries.at(-1)?.id ?? null).then(take)}>
          {texts.log.more}
        </Button>
      )}
    </>
  );
}

function LogRow({ entry }: { entry: AuditEntry }) {
  const texts = useSettingsTexts().log;
  const { code } = useLanguage();
  const name = useDesk((view) => view.desk?.users[entry.userId ?? '']?.name);
  const when = new Intl.DateTimeFormat(code, { dateStyle: 'medium', timeStyle: 'medium' }).format(entry.at);
  return (
    <tr>
      <td>{when}</td>
      <td>{name ?? entry.userId ?? texts.nobody}</td>
      <td>
        <code>{entry.action}</code> <span>{detailsOf(entry)}</span>
      </td>
      <td>{entry.address}</td>
    </tr>
  );
}

function detailsOf({ details }: AuditEntry): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
