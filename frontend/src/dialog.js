// Dialogs: <a href="#confirm" data-dialog="confirm"> opens <dialog id="confirm">, [data-dialog-close] closes it.
// An act on many asks for their number: <input data-exactly="8"> keeps the verb shut until it says 8.

function open(link, event) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
  dialog.querySelectorAll('[data-exactly]').forEach(check);
}

function close(element, event) {
  const dialog = element.closest('dialog');
  event.preventDefault();
  if (dialog.open) dialog.close();
  else window.location.hash = '';   // the address had opened it
}

function check(input) {
  const verb = input.form.querySelector('[name=confirmed]');
  verb.disabled = input.value.trim() !== input.dataset.exactly;
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-dialog]');
  if (opener) open(opener, event);
  const closer = event.target.closest('[data-dialog-close]');
  if (closer) close(closer, event);
  if (event.target instanceof HTMLDialogElement) event.target.close();   // the ground around it
});

document.addEventListener('input', (event) => {
  if (event.target.matches('[data-exactly]')) check(event.target);
});
