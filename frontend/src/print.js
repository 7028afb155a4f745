// <button type="button" data-print> prints the page. What is folded there is unfolded on paper.

document.addEventListener('click', ({ target }) => {
  if (target.closest('[data-print]')) window.print();
});

window.addEventListener('beforeprint', () => {
  document.querySelectorAll('main details:not([open], .d-menu)').forEach((details) => {
    details.open = true;
    details.dataset.unfolded = '';
  });
});

window.addEventListener('afterprint', () => {
  document.querySelectorAll('details[data-unfolded]').forEach((details) => {
    details.open = false;
    delete details.dataset.unfolded;
  });
});
