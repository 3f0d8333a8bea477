/** Where the console begins. */
import './design/tokens.css';
import './design/base.css';
import './design/controls.css';
import './design/badges.css';
import './design/forms.css';
import './design/surfaces.css';
import './design/overlays.css';
import './design/data.css';
import './design/table.css';
import './design/lists.css';
import './shell/shell.css';
import { render } from 'solid-js/web';
import { App } from './app.tsx';
import { start } from './live/connection.ts';
import { startKeys } from './shell/keys.ts';
import { startTheme } from './shell/theme.ts';

startTheme();
startKeys();
start();
const host = document.getElementById('app');
if (host) render(() => <App />, host);
