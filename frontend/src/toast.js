// Toasts: what was done, for eight seconds, with its undoing. They stay while the pointer or the focus is on them.
//
//   from a page     <div data-toast>…</div> in <div data-toasts>
//   from an answer  HX-Trigger: {"toast": {"text": "…"}}
//   from a script   toast('已删去一项', { label: '恢复', act })
import { eachPart } from './parts.js';

const STAYS_MS = 8000;
const region = () => document.querySelector('[data-toasts]');

export function toast(text, undo) {
  const element = Object.assign(document.createElement('div'), { className: 'd-toast' });
  element.append(Object.assign(document.createElement('span'), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'undo', textContent: undo.label });
    button.addEventListener('click', () => {
      undo.act();
      element.remove();
    });
    element.append(button);
  }
  region()?.append(element);
  leave(element);
}

function leave(element) {
  let timer;
  const start = () => { timer = setTimeout(() => element.remove(), STAYS_MS); };
  const stay = () => clearTimeout(timer);
  ['pointerenter', 'focusin'].forEach((name) => element.addEventListener(name, stay));
  ['pointerleave', 'focusout'].forEach((name) => element.addEventListener(name, start));
  start();
}

// A part of the page that was refused is not swapped in, as it would take the place of what was typed. What the server
// says about it, a .d-note, stays here until it is closed.
function refused({ response, text, hx }) {
  if (response.status === 422 || hx?.trigger) return;
  const note = new DOMParser().parseFromString(text ?? '', 'text/html').querySelector('.d-note');
  if (!note) {
    toast(region()?.dataset.fault);
    return;
  }
  const close = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-sm', textContent: region().dataset.close });
  close.addEventListener('click', () => note.remove());
  note.append(close);
  region().append(note);
}

eachPart('[data-toast]', leave);
document.addEventListener('toast', ({ detail }) => toast(detail.text));
document.addEventListener('htmx:response:error', ({ detail }) => refused(detail.ctx));
document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx) toast(region()?.dataset.away);
});
