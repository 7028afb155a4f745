// Tables in a form: rows are added from their <template>, removed with a way back, and a matrix adds up its row.
// Without this script the same buttons are sent to the server, which shows the form again with a row more or less.
import { added } from './parts.js';
import { toast } from './toast.js';

const tableOf = (path) => document.querySelector(`[data-table="${path}"]`);
const rowsOf = (table) => [...table.children].filter((row) => 'tableRow' in row.dataset);

function nextNumber(path) {
  const numbers = [...document.querySelectorAll(`[name^="${path}."]`)].map(({ name }) => Number(name.slice(path.length + 1).split('.')[0]));
  return Math.max(-1, ...numbers.filter(Number.isInteger)) + 1;
}

function limit(table) {
  const button = document.querySelector(`[data-add="${table.dataset.table}"]`);
  button.hidden = rowsOf(table).length >= Number(table.dataset.most);
}

const isTyped = (form) => form.dispatchEvent(new Event('input', { bubbles: true }));

export function addRow(path) {
  const table = tableOf(path);
  const template = document.querySelector(`[data-row-template="${path}"]`);
  table.insertAdjacentHTML('beforeend', template.innerHTML.replaceAll('__row__', nextNumber(path)));
  limit(table);
  added();
  return table.lastElementChild;
}

function remove(button) {
  const row = button.closest('[data-table-row]');
  const table = row.parentElement;
  const after = row.nextElementSibling;
  row.remove();
  limit(table);
  document.querySelector(`[data-add="${table.dataset.table}"]`).focus();
  isTyped(table.closest('form'));
  toast(button.dataset.removed, {
    label: button.dataset.undo,
    act: () => {
      table.insertBefore(row, after);
      limit(table);
      isTyped(table.closest('form'));
    },
  });
}

function addUp(row) {
  const output = row.querySelector('[data-sum]');
  const cells = [...row.querySelectorAll('[name*=".cells."]')].map(({ value }) => Number(value.replaceAll(',', '')));
  if (output) output.textContent = Number(cells.reduce((sum, value) => sum + (value || 0), 0).toFixed(6)).toLocaleString('zh-CN');
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-add], [data-remove]');
  if (!button) return;
  event.preventDefault();
  if ('remove' in button.dataset) remove(button);
  else addRow(button.dataset.add).querySelector('input, select, textarea')?.focus();
});

document.addEventListener('input', ({ target }) => {
  const row = target.closest?.('[data-table-row]');
  if (!row) return;
  addUp(row);
  const details = row.querySelector('details');
  if (target.type === 'checkbox' && target.checked && details) details.open = true;
});

document.addEventListener('submit', (event) => {
  if (event.submitter?.dataset.keep !== undefined) event.preventDefault();   // Enter in a field sends nothing
});
