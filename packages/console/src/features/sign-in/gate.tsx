// The frame of the pages that stand before the desk: sign-in and first set-up.
import type { ReactNode } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { usePageTitle } from '../../ui/use-page-title.ts';

interface GateProps {
  title: string;
  lead: string | null;
  footer: string | null;
  children: ReactNode;
}

export function Gate({ title, lead, footer, children }: GateProps) {
  const texts = useTexts();
  usePageTitle(title);
  return (
    <main className="gate">
      <div className="gate-card">
        <p className="gate-mark">
          <img src="/favicon.svg" width={28} height={28} alt="" />
          {texts.product}
        </p>
        <h1>{title}</h1>
        {lead && <p className="gate-lead">{lead}</p>}
        {children}
      </div>
      {footer && <p className="gate-footer">{footer}</p>}
    </main>
  );
}
