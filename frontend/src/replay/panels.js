// The panels beside the diagram: what two moments differ in, [data-difference], and the form as it was, [data-then].
import { difference } from './difference.js';
import { filled, inWords, workdaysBetween } from './moments.js';

const PAUSE_MS = 150;   // a slider in motion asks for nothing

function element(name, className, text, ...inside) {
  const made = Object.assign(document.createElement(name), { className });
  made.append(...(text ? [text] : []), ...inside);
  return made;
}

function change({ word, before, after }) {
  const parts = [before && element('del', '', before), before && after && ' ', after && element('ins', '', after)];
  return [element('dt', '', word), element('dd', '', '', ...parts.filter(Boolean))];
}

export function showDifference({ before, after, early, late, names, calendar }) {
  const panel = document.querySelector('[data-difference]');
  if (!panel) return;
  const rows = difference(before, after, names, panel.dataset);
  const apart = filled(panel.dataset.apart, { from: inWords(early), to: inWords(late), days: workdaysBetween(early, late, calendar) });
  panel.replaceChildren(
    element('p', 'hint', apart),
    rows.length ? element('dl', 'd-kv', '', ...rows.flatMap(change)) : element('p', 'muted', panel.dataset.same),
  );
}

/** A function that brings the form of a frame; the last frame asked for wins. */
export function thenReader(url) {
  let wanted = null;
  let timer = null;
  return ({ event }) => {
    const panel = document.querySelector('[data-then]');
    if (!panel || !url || wanted === event) return;
    wanted = event;
    panel.setAttribute('aria-busy', 'true');
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const answer = await fetch(url.replace('EVENT', event), { credentials: 'same-origin' });
      const html = answer.ok ? await answer.text() : '';
      if (wanted !== event) return;
      panel.innerHTML = html;   // ours, from the same origin
      panel.removeAttribute('aria-busy');
    }, PAUSE_MS);
  };
}
