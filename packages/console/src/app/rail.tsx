// The way from screen to screen: a rail at the left, a bar at the bottom of a telephone.
import type { Role } from '@openline/protocol';
import { Link, useRoute } from 'wouter';
import { useDesk } from '../connection/desk-context.ts';
import { useTexts } from '../i18n/texts.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { mayOpen, screens } from './screens.ts';

export function Rail() {
  const texts = useTexts().screens;
  const role = useDesk((view) => view.desk?.you.role);
  return (
    <nav className="rail" aria-label={texts.title}>
      <RailLink path="/" icon="desk" text={texts.desk} />
      {screens
        .filter((screen) => mayOpen(role ?? lowest, screen))
        .map((screen) => (
          <RailLink key={screen.name} path={screen.path} icon={screen.icon} text={texts[screen.name]} />
        ))}
    </nav>
  );
}

const lowest: Role = 'viewer';

function RailLink({ path, icon, text }: { path: string; icon: IconName; text: string }) {
  const [isHere] = useRoute(path === '/' ? '/' : `${path}/*?`);
  return (
    <Link href={path} className="rail-link" aria-current={isHere ? 'page' : undefined}>
      <Icon name={icon} size={22} />
      <span>{text}</span>
    </Link>
  );
}
