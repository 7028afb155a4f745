// Sends a form's rows one by one and says what became of each: <form data-each> with
//
//   <tr data-each-row="id">…hidden fields… <td data-each-result></td></tr>
//   <progress data-each-bar hidden max="8">, <p data-each-said data-doing="… {at} … {all}" data-done data-well data-away>
//   <button data-each-go>, <a data-each-back="回到待办">
//
// Each row is a command of its own under its own key, so that sending it again after a broken network does nothing twice.
import { eachPart } from './parts.js';

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? '');

async function send(form, row) {
  const body = new FormData();
  ['csrf_token', '_key'].forEach((name) => body.append(name, form.elements[name].value));
  row.querySelectorAll('input[type=hidden]').forEach(({ name, value }) => body.append(name, value));
  const response = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(response.status);
  const [result] = await response.json();
  return result;
}

function show(row, { is_done: isDone, text }) {
  const place = row.querySelector('[data-each-result]');
  place.textContent = text;
  place.classList.toggle('t-red', !isDone);
  row.dataset.eachDone = isDone ? 'yes' : 'no';
}

async function work(form) {
  const rows = [...form.querySelectorAll('[data-each-row]')];
  const said = form.querySelector('[data-each-said]');
  const bar = form.querySelector('[data-each-bar]');
  const button = form.querySelector('[data-each-go]');
  button.disabled = true;
  bar.hidden = false;
  for (const [at, row] of rows.entries()) {
    if (row.dataset.eachDone) continue;
    said.textContent = filled(said.dataset.doing, { at: at + 1, all: rows.length });
    try {
      show(row, await send(form, row));
    } catch {
      said.textContent = said.dataset.away;
      button.disabled = false;
      return;
    }
    bar.value = at + 1;
  }
  const done = rows.filter(({ dataset }) => dataset.eachDone === 'yes').length;
  const left = rows.length - done;
  said.textContent = filled(left ? said.dataset.done : said.dataset.well, { done, left });
  button.hidden = true;
  const back = form.querySelector('[data-each-back]');
  back.textContent = back.dataset.eachBack;
  back.focus();
}

eachPart('form[data-each]', (form) => {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    work(form);
  });
});
