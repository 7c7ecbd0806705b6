// The icons of the console, drawn on a 24 by 24 grid with one stroke, so that they read alike at any size. Always
// beside a word or on a control with a name: hidden from screen readers.
const paths = {
  incoming:
    'M19 4 13 10M13 5.5V10h4.5M16.5 20.5C10 20.5 3.5 14 3.5 7.5c0-1.6 1-3 2.6-3.4L8 4l1.8 4.3-1.9 1.6a12 12 0 0 0 6.2 6.2l1.6-1.9L20 16v1.9c-.4 1.6-1.8 2.6-3.5 2.6Z',
  outgoing:
    'M13 10 19 4M19 8.5V4h-4.5M16.5 20.5C10 20.5 3.5 14 3.5 7.5c0-1.6 1-3 2.6-3.4L8 4l1.8 4.3-1.9 1.6a12 12 0 0 0 6.2 6.2l1.6-1.9L20 16v1.9c-.4 1.6-1.8 2.6-3.5 2.6Z',
  phone:
    'M16.5 20.5C10 20.5 3.5 14 3.5 7.5c0-1.6 1-3 2.6-3.4L8 4l1.8 4.3-1.9 1.6a12 12 0 0 0 6.2 6.2l1.6-1.9L20 16v1.9c-.4 1.6-1.8 2.6-3.5 2.6Z',
  hangUp:
    'M3 14.2c0-1 .3-2 1.2-2.7a12.6 12.6 0 0 1 15.6 0c.9.7 1.2 1.7 1.2 2.7v1.3l-4.8.7-.8-3a10 10 0 0 0-6.8 0l-.8 3-4.8-.7Z',
  headset:
    'M4 14v-2a8 8 0 0 1 16 0v2M4 14h2.5v5H5.5A1.5 1.5 0 0 1 4 17.5ZM20 14h-2.5v5h1a1.5 1.5 0 0 0 1.5-1.5ZM18.5 19c0 1.5-1.5 2.5-4.5 2.5',
  keypad: 'M6 5h.01M12 5h.01M18 5h.01M6 11h.01M12 11h.01M18 11h.01M6 17h.01M12 17h.01M18 17h.01M12 22h.01',
  pause: 'M8.5 5v14M15.5 5v14',
  note: 'M9 17.5V5.5l10-2v11.5M9 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM19 15a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z',
  air: 'M12 12h.01M8.5 15.5a5 5 0 0 1 0-7M15.5 8.5a5 5 0 0 1 0 7M5.3 18.7a9.5 9.5 0 0 1 0-13.4M18.7 5.3a9.5 9.5 0 0 1 0 13.4',
  'air-off':
    'M12 12h.01M8.5 15.5a5 5 0 0 1 0-7M15.5 8.5a5 5 0 0 1 0 7M5.3 18.7a9.5 9.5 0 0 1 0-13.4M18.7 5.3a9.5 9.5 0 0 1 0 13.4M4 20 20 4',
  unplugged:
    'M12 8v5M12 16.5h.01M10.3 3.9 2.5 17.5A2 2 0 0 0 4.2 20.5h15.6a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z',
  microphone:
    'M12 3.5a2.8 2.8 0 0 0-2.8 2.8v5a2.8 2.8 0 0 0 5.6 0v-5A2.8 2.8 0 0 0 12 3.5ZM6 11a6 6 0 0 0 12 0M12 17v3.5',
  muted:
    'M4 4l16 16M9.2 9.2v2.1a2.8 2.8 0 0 0 4.5 2.2M14.8 10V6.3a2.8 2.8 0 0 0-5-1.7M6 11a6 6 0 0 0 9.5 4.9M18 11a6 6 0 0 1-.5 2.4M12 17v3.5',
  record: 'M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10Z',
  cut: 'M4 6.5h8M4 17.5h8M12 6.5l8 11M12 17.5l8-11',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M5 12.5 10 17.5 19.5 7',
  chevron: 'M7 10l5 5 5-5',
  up: 'M12 19V5.5M6 11l6-6 6 6',
  down: 'M12 5v13.5M6 13l6 6 6-6',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  user: 'M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0',
  erase: 'M21 5.5H9L3 12l6 6.5h12ZM12 9.5l5 5M17 9.5l-5 5',
  play: 'M8 5.5v13l10.5-6.5Z',
  list: 'M8.5 6.5h12M8.5 12h12M8.5 17.5h12M4 6.5h.01M4 12h.01M4 17.5h.01',
  users:
    'M9 12a3.7 3.7 0 1 0 0-7.4A3.7 3.7 0 0 0 9 12ZM2.5 19.5a6.5 6.5 0 0 1 13 0M16 5a3.6 3.6 0 0 1 0 6.8M18 14a6.5 6.5 0 0 1 3.5 5.5',
  desk: 'M6 4v7M6 15v5M4 13h4M12 4v3M12 11v9M10 9h4M18 4v10M18 18v2M16 16h4',
  message: 'M4 5.5h16v11H10.5L6 20v-3.5H4Z',
  question: 'M9 9.2a3 3 0 1 1 4.4 2.6c-.9.5-1.4 1-1.4 2.2M12 17.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  settings:
    'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M18.4 5.6l-1.8 1.8M7.4 16.6l-1.8 1.8',
  presenter: 'M3.5 5h17v11h-17ZM12 16v4M8 20h8',
  search: 'M11 17.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM16 16l4.5 4.5',
  star: 'm12 4 2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.7-5 2.7 1.1-5.5L4 9.7 9.6 9Z',
  tag: 'M4 4.5h7.5l8 8-7 7-8-8ZM8 8.5h.01',
  delete: 'M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 10.5v6M13.5 10.5v6',
  edit: 'M4.5 19.5 5.5 15 16 4.5l3.5 3.5L9 18.5Z',
  reply: 'M9.5 6 4 11.5l5.5 5.5M4 11.5h9c4 0 7 2 7 6.5',
  forward: 'M14.5 6l5.5 5.5-5.5 5.5M20 11.5h-9c-4 0-7 2-7 6.5',
  send: 'M4 11.8 20 4.5l-5 15.5-3.5-6.5Z',
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14',
  upload: 'M12 15.5V4.5M7.5 9 12 4.5 16.5 9M5 19.5h14',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13Z',
  unlock: 'M7 11V8a5 5 0 0 1 9.6-2M5.5 11h13v9h-13Z',
  block: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.7 5.7l12.6 12.6',
  plus: 'M12 5v14M5 12h14',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  next: 'M6 5.5v13L15 12ZM18 5.5v13',
  drag: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
  leveller: 'M4 12h16M12 3v5.5M9 6l3 2.7L15 6M12 21v-5.5M9 18l3-2.7 3 2.7',
  levellerOff: 'M4 12h16M12 3v5.5M9 6l3 2.7L15 6M12 21v-5.5M9 18l3-2.7 3 2.7M4.5 19.5l15-15',
  whisper: 'M4 9.5v5h3l4.5 4V5.5L7 9.5ZM15.5 9.5v5',
} as const;

export type IconName = keyof typeof paths;

const heavy: ReadonlySet<IconName> = new Set(['keypad', 'more', 'pause', 'drag']);
const filled: ReadonlySet<IconName> = new Set(['record', 'play', 'next']);

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={filled.has(name) ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={heavy.has(name) ? 3 : 1.9}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
