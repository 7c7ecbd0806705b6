// Entry of the console: styles, then the app.
import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/page.css';
import './styles/screen.css';
import './styles/strip.css';
import './styles/desk.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { keepThisVersion } from './offline/installed-version.ts';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
keepThisVersion();
