// What runs here, where it is reached, how the machine is, and the settings as one document.
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { askServer } from '../../connection/session-api.ts';
import { useSettingsTexts } from '../../i18n/settings/texts.ts';
import { Icon } from '../../ui/icon.tsx';
import { SettingsFile } from './settings-file.tsx';

type CheckName = 'folder' | 'disk' | 'clock' | 'timers';

interface About {
  version: string;
  node: string;
  data_folder: string;
  http_port: number;
  sip_port: number;
  engine: 'up' | 'down';
  database: 'ok' | 'failed';
  uptime_s: number;
  addresses: readonly string[];
  disk: { free_bytes: number; total_bytes: number } | null;
  checks: readonly { name: CheckName; is_well: boolean; figure: number | null }[];
}

export function AboutSection() {
  const texts = useSettingsTexts();
  const [about, setAbout] = useState<About | null>(null);
  const [isFailed, setFailed] = useState(false);
  useEffect(() => {
    void askServer('GET', '/api/about').then((answer) => {
      if (answer.ok) setAbout(answer.body as About);
      else setFailed(true);
    });
  }, []);
  return (
    <>
      {about && <Facts about={about} />}
      {!about && <p className="settings-lead">{isFailed ? texts.failed : texts.reading}</p>}
      <h3>{texts.about.testCall}</h3>
      <p className="settings-lead">{texts.about.testCallLead}</p>
      <Link className="button" href="/start/call">
        {texts.about.openTestCall}
      </Link>
      <h3>{texts.about.document}</h3>
      <SettingsFile />
      <h3>{texts.about.backup}</h3>
      <p className="settings-lead">{texts.about.backupLead}</p>
      <p>
        <code>{BACKUP}</code>
      </p>
      <p>
        <a href="/docs">{texts.about.docs}</a>
      </p>
    </>
  );
}

/** The same in every language. */
const BACKUP = 'npx openline backup --audio';
const GB = 1024 ** 3;

function Facts({ about }: { about: About }) {
  const texts = useSettingsTexts().about;
  const { disk } = about;
  const inGb = (bytes: number) => (bytes / GB).toFixed(1);
  const rows: [label: string, value: string][] = [
    [texts.version, `Openline ${about.version} · Node ${about.node}`],
    [texts.page, about.addresses.map((address) => `http://${hostOf(address)}:${about.http_port}`).join('  ')],
    [
      texts.sip,
      about.sip_port > 0
        ? about.addresses.map((address) => `${hostOf(address)}:${about.sip_port}`).join('  ')
        : texts.sipAway,
    ],
    [texts.engine, about.engine === 'up' ? texts.well : texts.look],
    [texts.database, about.database === 'ok' ? texts.well : texts.look],
    [texts.uptime, uptimeText(about.uptime_s)],
    [texts.folder, about.data_folder],
  ];
  return (
    <>
      <dl className="facts">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h3>{texts.checks}</h3>
      <ul className="checks">
        {about.checks.map(({ name, is_well, figure }) => (
          <li key={name} data-well={is_well} data-check={name}>
            <Icon name={is_well ? 'check' : 'unplugged'} />
            <span>
              <strong>{texts.check[name]}</strong>
              {name === 'disk' && disk && (
                <small>{texts.freeOf(inGb(disk.free_bytes), inGb(disk.total_bytes))}</small>
              )}
              {name === 'timers' && figure !== null && <small>{texts.late(figure.toFixed(1))}</small>}
              {!is_well && <small>{texts.advice[name]}</small>}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** 3 d 04:05 */
function uptimeText(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  return `${days > 0 ? `${days} d ` : ''}${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}`;
}
