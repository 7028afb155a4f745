// Loaded by every page: htmx for the parts that swap, the keyboard, where the focus goes after a swap, and what forms,
// dialogs, toasts and lists do by themselves.
//
// htmx reads its settings as it loads, from the page: <meta name="htmx-config" content='{"includeIndicatorCSS": false}'>.
// Under the content security policy no text becomes code: hx-on, js: values and trigger filters in brackets do not work,
// so a template never uses them.
import 'htmx.org';
import './keyboard.js';
import './focus.js';
import './dialog.js';
import './menu.js';
import './toast.js';
import './counters.js';
import './prefilled.js';
import './rows.js';
import './autosave.js';
import './batch.js';
import './print.js';
import './copy.js';
import './reveal.js';
import './lights.js';
import './each.js';
import './reorder.js';
import './mentions.js';
