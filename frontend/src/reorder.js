// A list whose entries move: <ol data-reorder><li>… <button data-move="up"> <button data-move="down"></li>…
// The focus stays on the button, and [data-reorder-said] tells where the entry is now. Without this script the buttons
// are sent to the server, which shows the list in the new order.
import { eachPart } from './parts.js';

function move(list, button) {
  const entry = button.closest('li');
  const next = button.dataset.move === 'up' ? entry.previousElementSibling : entry.nextElementSibling;
  if (!next) return;
  if (button.dataset.move === 'up') next.before(entry);
  else next.after(entry);
  button.focus();
  const said = list.parentElement.querySelector('[data-reorder-said]');
  const name = entry.querySelector('label').textContent.trim();
  said.textContent = said.dataset.text.replace('{name}', name).replace('{at}', [...list.children].indexOf(entry) + 1);
}

eachPart('[data-reorder]', (list) => {
  list.addEventListener('click', (event) => {
    const button = event.target.closest('[data-move]');
    if (!button) return;
    event.preventDefault();
    move(list, button);
  });
});
