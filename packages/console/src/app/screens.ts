// The screens of the console, in the order of the navigation. The desk is part of the first load; the others are
// fetched when they are first opened. A new screen is one line here and a folder in features/.
import { type Role, roles } from '@openline/protocol';
import { type ComponentType, lazy } from 'react';
import type { IconName } from '../ui/icon.tsx';

type ScreenName = 'presenter' | 'messages' | 'questions' | 'calls' | 'contacts' | 'settings';

export interface ScreenEntry {
  name: ScreenName;
  path: string;
  icon: IconName;
  /** The least role that may open it. */
  role: Role;
  component: ComponentType;
}

export const screens: readonly ScreenEntry[] = [
  {
    name: 'presenter',
    path: '/presenter',
    icon: 'presenter',
    role: 'viewer',
    component: lazy(() => import('../features/presenter/presenter-screen.tsx')),
  },
  {
    name: 'messages',
    path: '/messages',
    icon: 'message',
    role: 'viewer',
    component: lazy(() => import('../features/messages/messages-screen.tsx')),
  },
  {
    name: 'questions',
    path: '/questions',
    icon: 'question',
    role: 'viewer',
    component: lazy(() => import('../features/questions/questions-screen.tsx')),
  },
  {
    name: 'calls',
    path: '/calls',
    icon: 'list',
    role: 'viewer',
    component: lazy(() => import('../features/calls/calls-screen.tsx')),
  },
  {
    name: 'contacts',
    path: '/contacts',
    icon: 'users',
    role: 'screener',
    component: lazy(() => import('../features/contacts/contacts-screen.tsx')),
  },
  {
    name: 'settings',
    path: '/settings',
    icon: 'settings',
    role: 'viewer',
    component: lazy(() => import('../features/settings/settings-screen.tsx')),
  },
];

export function mayOpen(role: Role, screen: ScreenEntry): boolean {
  return roles.indexOf(role) >= roles.indexOf(screen.role);
}
