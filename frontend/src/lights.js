// <a class="light-why" href="/lights/…">: a light that says why. Hovering, focusing or tapping it shows the page behind
// the link as a small panel beside it (on a phone above the bar); Escape or going elsewhere closes it. Without a script
// the link leads to the page.
const WAIT = 250; // a pointer that only passes opens nothing
let panel = null;
let timer = 0;
let owner = null;

function close() {
  clearTimeout(timer);
  if (panel) panel.hidden = true;
  owner?.removeAttribute('aria-describedby');
  owner = null;
}

function place(link) {
  const box = link.getBoundingClientRect();
  const width = Math.min(420, window.innerWidth - 24);
  panel.style.left = `${Math.max(12, Math.min(box.left, window.innerWidth - width - 12)) + window.scrollX}px`;
  const below = box.bottom + 6 + panel.offsetHeight < window.innerHeight || box.top < panel.offsetHeight + 12;
  panel.style.top = `${(below ? box.bottom + 6 : box.top - panel.offsetHeight - 6) + window.scrollY}px`;
}

async function open(link) {
  if (owner === link) return;
  close();
  owner = link;
  const answer = await fetch(link.href, { headers: { 'HX-Request': 'true' } }).catch(() => null);
  if (!answer?.ok || owner !== link) return;
  if (!panel) {
    panel = document.createElement('div');
    panel.className = 'd-pop';
    panel.id = 'light-panel';
    panel.setAttribute('role', 'tooltip');
    document.body.append(panel);
    panel.addEventListener('pointerleave', () => { timer = setTimeout(close, WAIT); });
    panel.addEventListener('pointerenter', () => clearTimeout(timer));
  }
  panel.innerHTML = await answer.text();
  panel.hidden = false;
  link.setAttribute('aria-describedby', panel.id);
  place(link);
}

const lightOf = (event) => event.target.closest?.('a.light-why');

document.addEventListener('pointerover', (event) => {
  const link = lightOf(event);
  if (!link || event.pointerType === 'touch') return;
  clearTimeout(timer);
  timer = setTimeout(() => open(link), WAIT);
});
document.addEventListener('pointerout', (event) => {
  if (!lightOf(event) || event.pointerType === 'touch') return;
  clearTimeout(timer);
  timer = setTimeout(close, WAIT);
});
document.addEventListener('focusin', (event) => {
  const link = lightOf(event);
  if (link && link.matches(':focus-visible')) open(link);
  else if (!panel?.contains(event.target)) close();
});
document.addEventListener('click', (event) => {
  const link = lightOf(event);
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    event.stopPropagation();
    open(link);
  } else if (!panel?.contains(event.target)) close();
}, true);
document.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
