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

// The parts of an answer go to the panels of their names; one without parts is the form alone.
function place(html) {
  const { content } = Object.assign(document.createElement('template'), { innerHTML: html });   // ours, from the same origin
  const parts = content.querySelectorAll('[data-part]');
  document.querySelector('[data-then]').replaceChildren(...(parts.length ? [] : content.childNodes));
  parts.forEach((part) => document.querySelector(`[data-${part.dataset.part}]`)?.replaceChildren(...part.childNodes));
}

/** A function that brings the form of a frame and what stands beside it; the last frame asked for wins.

    shown: the event that the page shows already. */
export function thenReader(url, shown) {
  let wanted = shown && `${shown}`;
  let timer = null;
  return ({ event, at: begun }, at) => {
    const panel = document.querySelector('[data-then]');
    const asked = at > begun ? `${event} ${at}` : `${event}`;
    const isShown = wanted === asked || (shown !== undefined && String(event) === shown);
    shown = undefined;
    if (!panel || !url || isShown) return;
    wanted = asked;
    panel.setAttribute('aria-busy', 'true');
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const then = at > begun ? `?at=${new Date(at).toISOString()}` : '';
      const answer = await fetch(url.replace('EVENT', event) + then, { credentials: 'same-origin' });
      const html = answer.ok ? await answer.text() : '';
      if (wanted !== asked) return;
      place(html);
      panel.removeAttribute('aria-busy');
    }, PAUSE_MS);
  };
}
