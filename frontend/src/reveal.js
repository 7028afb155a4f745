// <label hidden><input type="checkbox" data-reveals="password">: shows what is typed into the field of that id.
// Without a script the label stays hidden, as it could do nothing.
import { eachPart } from './parts.js';

eachPart('[data-reveals]', (box) => {
  box.closest('label').hidden = false;
  box.addEventListener('change', () => {
    document.getElementById(box.dataset.reveals).type = box.checked ? 'text' : 'password';
  });
});
