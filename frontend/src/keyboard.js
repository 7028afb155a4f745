// The keyboard: an element says which keys work it, and lists are walked row by row.
//
//   <a data-key="g i" href="…">              pressing g, then i, follows the link
//   <input data-key="/">                     a field is focused, everything else is clicked
//   <button data-key="Ctrl+S"> "Ctrl+Enter"  these also work while typing
//   <button data-key="Escape">               closes what it stands in; a <dialog> closes by itself
//   <tbody data-rows><tr data-row>           j and k walk, Enter opens the row's first link, x ticks its box
//   <body data-single-keys="off">            the person has switched single keys off

const SEQUENCE_MS = 1000;
let begun = { key: '', at: 0 };

const isField = (element) => element.isContentEditable
  || element.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range])');

function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : event.key;
}

const isVisible = (element) => element.getClientRects().length > 0;

// With a dialog open only what stands in it answers.
function elementFor(keys) {
  const scope = document.querySelector('dialog[open]') ?? document;
  return [...scope.querySelectorAll('[data-key]')].find((element) => element.dataset.key === keys && !element.disabled && isVisible(element));
}

function work(element) {
  if (isField(element)) element.focus();
  else element.click();
}

function rows() {
  return [...document.querySelectorAll('[data-rows] [data-row]')].filter(isVisible);
}

const currentRow = () => document.querySelector('[data-rows] [data-row].sel');

function walk(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(currentRow());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle('sel', row === next));
  next.querySelector('a[href]')?.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  return true;
}

function tick() {
  const box = currentRow()?.querySelector('input[type=checkbox]');
  box?.click();
  return Boolean(box);
}

function open(event) {
  if (event.target !== document.body) return false;   // a focused link or button opens itself
  const link = currentRow()?.querySelector('a[href]');
  link?.click();
  return Boolean(link);
}

function single(event) {
  const keys = event.timeStamp - begun.at < SEQUENCE_MS && begun.key ? `${begun.key} ${event.key}` : event.key;
  begun = { key: event.key, at: event.timeStamp };
  const element = elementFor(keys) ?? elementFor(event.key);
  if (element) {
    begun = { key: '', at: 0 };
    work(element);
    return true;
  }
  if (document.querySelector('dialog[open]')) return false;
  if (event.key === 'j') return walk(1);
  if (event.key === 'k') return walk(-1);
  if (event.key === 'x') return tick();
  return event.key === 'Enter' && open(event);
}

function chord(event) {
  const element = elementFor(nameOf(event));
  if (element) work(element);
  return Boolean(element);
}

document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.defaultPrevented || event.altKey) return;
  const isChord = event.ctrlKey || event.metaKey || event.key === 'Escape';
  const isSingle = !isField(event.target) && document.body.dataset.singleKeys !== 'off';
  if ((isChord && chord(event)) || (!isChord && isSingle && single(event))) event.preventDefault();
});
