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

eachPart('[data-toast]', leave);
document.addEventListener('toast', ({ detail }) => toast(detail.text));
document.addEventListener('htmx:response:error', ({ detail }) => {
  if (detail.ctx.response.status !== 422 && !detail.ctx.hx?.trigger) toast(region()?.dataset.fault);
});
document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx) toast(region()?.dataset.away);
});
