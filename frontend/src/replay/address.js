// The address of the moment that is shown: in the bar of the browser, in the link [data-address] that copies it, and in
// the links [data-beside="-1"] and "1" to the events beside it. A page that was not moved keeps the address it came by.
import { copy } from '../copy.js';
import { toast } from '../toast.js';

const PAUSE_MS = 300;   // browsers refuse an address that changes with every step of a slider in motion
let begun = null;
let timer = null;

function addressOf(named) {
  const address = new URL(window.location.href);
  ['event', 'at', 'from', 'repeat'].forEach((name) => address.searchParams.delete(name));
  Object.entries(named).forEach(([name, value]) => address.searchParams.set(name, value));
  address.hash = '';
  return address;
}

export function keepAddress({ frame, at, since, neighbours }) {
  const isBetween = at > frame.at;
  const named = { ...(isBetween ? { at: new Date(at).toISOString() } : { event: frame.event }), ...(since === null ? {} : { from: since }) };
  const address = addressOf(named);
  document.querySelectorAll('[data-address]').forEach((link) => { link.href = address; });
  document.querySelectorAll('[data-beside]').forEach((link) => {
    const event = neighbours[link.dataset.beside === '1' ? 1 : 0];
    link.hidden = event === undefined;
    if (event !== undefined) link.href = addressOf({ event });
  });
  if (begun === null) {
    begun = address.href;
    return;
  }
  clearTimeout(timer);
  timer = setTimeout(() => window.history.replaceState(window.history.state, '', address), PAUSE_MS);
}

document.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-address]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await copy(link.href);
  toast(link.dataset.copied);
});
