// Selecting rows to handle together. In one form:
//
//   <input type="checkbox" data-pick-all>
//   <input type="checkbox" name="task" value="12" data-pick data-can="urge extend">   what can be done with this row
//   <div data-batch><b data-picked></b> <button data-can="urge">催办 <span data-able></span> 件</button>
//     <button type="button" data-pick-none>…</div>
//
// The bar shows when something is ticked; a button counts the rows it works for and is shut when there are none.
import { eachPart } from './parts.js';

const picks = (form) => [...form.querySelectorAll('[data-pick]')];

function show(form) {
  const ticked = picks(form).filter(({ checked }) => checked);
  form.querySelectorAll('[data-batch]').forEach((bar) => { bar.hidden = !ticked.length; });
  form.querySelectorAll('[data-picked]').forEach((place) => { place.textContent = ticked.length; });
  form.querySelectorAll('button[data-can]').forEach((button) => {
    const able = ticked.filter(({ dataset }) => (dataset.can ?? '').split(' ').includes(button.dataset.can));
    button.disabled = !able.length;
    button.querySelectorAll('[data-able]').forEach((place) => { place.textContent = able.length; });
  });
  picks(form).forEach((box) => box.closest('tr, li')?.classList.toggle('picked', box.checked));
  const all = form.querySelector('[data-pick-all]');
  if (!all) return;
  all.checked = ticked.length > 0 && ticked.length === picks(form).length;
  all.indeterminate = ticked.length > 0 && !all.checked;
}

function tick(form, checked) {
  picks(form).forEach((box) => { box.checked = checked; });
  show(form);
}

eachPart('form:has([data-batch])', (form) => {
  form.addEventListener('change', ({ target }) => {
    if (target.matches('[data-pick-all]')) tick(form, target.checked);
    else if (target.matches('[data-pick]')) show(form);
  });
  form.addEventListener('click', ({ target }) => { if (target.closest('[data-pick-none]')) tick(form, false); });
  show(form);
});
