// Keeps the focus of keyboard and screen reader somewhere sensible after htmx has swapped a part of the page.
// New content says where: <h2 data-focus-after-swap>. Focus that was not lost stays where it is.

document.addEventListener('htmx:after:swap', () => {
  const lost = !document.activeElement || document.activeElement === document.body;
  const heading = document.querySelector('[data-focus-after-swap]');
  if (!lost || !heading) return;
  if (!heading.hasAttribute('tabindex')) heading.setAttribute('tabindex', '-1');
  heading.focus();
});
