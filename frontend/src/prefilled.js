// A value that came by itself, <input data-prefilled="36" data-restore="恢复带出值">: once it is changed the pale blue
// goes, the fields for the reason open, and a button in the line of its source brings it back.

function restorer(field) {
  const source = document.getElementById(`${field.id}-s`);
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: field.dataset.restore });
  button.dataset.restores = field.id;
  source?.append(button);
  return button;
}

function compare(field) {
  const isChanged = field.value !== field.dataset.prefilled;
  field.classList.toggle('pre', !isChanged);
  const button = document.querySelector(`[data-restores="${field.id}"]`) ?? restorer(field);
  button.hidden = !isChanged;
  const details = field.closest('[data-table-row]')?.querySelector('details');
  if (isChanged && details) details.open = true;
}

document.addEventListener('input', ({ target }) => {
  if (target.matches('[data-prefilled]')) compare(target);
});

document.addEventListener('click', ({ target }) => {
  const field = target.dataset?.restores && document.getElementById(target.dataset.restores);
  if (!field) return;
  field.value = field.dataset.prefilled;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});
