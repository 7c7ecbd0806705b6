// The one button of the console. `tone` is what it does to a call, `isLit` that its state holds now (a latched key),
// `isPending` that it was pressed and the fact has not arrived.
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  icon?: IconName;
  tone?: 'plain' | 'air' | 'hold' | 'private' | 'ivr' | 'drop' | 'go' | 'bare';
  isLarge?: boolean;
  isLit?: boolean;
  isPending?: boolean;
  children?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button(props: ButtonProps) {
  const { icon, tone = 'plain', isLarge, isLit, isPending, children, className, ...rest } = props;
  const isLatch = isLit !== undefined;
  return (
    <button
      type="button"
      {...rest}
      aria-label={nameOf(rest['aria-label'], children)}
      className={['button', className].filter(Boolean).join(' ')}
      data-tone={tone}
      data-large={isLarge || undefined}
      data-lit={isLit || undefined}
      aria-pressed={isLatch ? isLit : undefined}
      aria-busy={isPending || undefined}
    >
      {icon && <Icon name={icon} />}
      {children !== undefined && <span className="button-text">{children}</span>}
    </button>
  );
}

/** Whoever says aloud what stands on a button has to reach it: its name begins with that. */
function nameOf(label: string | undefined, children: ReactNode): string | undefined {
  if (label === undefined || typeof children !== 'string') return label;
  return wordsOf(label).includes(wordsOf(children)) ? label : `${children}. ${label}`;
}

function wordsOf(text: string): string {
  return ` ${text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}
