// What a form holds, kept on this machine while the server cannot be reached.
import { addRow } from './rows.js';

const DAYS_KEPT = 7;
const NOT_KEPT = new Set(['csrf_token', '_row']);
const nameFor = (form) => `draft:${form.dataset.draft}`;

export function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !NOT_KEPT.has(name));
}

export function keep(form) {
  try {
    localStorage.setItem(nameFor(form), JSON.stringify({ at: Date.now(), fields: fieldsOf(form) }));
  } catch {
    // a full or closed store: the text still stands in the form
  }
}

export const forget = (form) => localStorage.removeItem(nameFor(form));

/** The fields kept for this form, or null where there are none, they are old, or they are what the form shows. */
export function keptFor(form) {
  const { at = 0, fields } = JSON.parse(localStorage.getItem(nameFor(form)) ?? '{}');
  const isOld = Date.now() - at > DAYS_KEPT * 86_400_000;
  if (fields && !isOld && JSON.stringify(fields) !== JSON.stringify(fieldsOf(form))) return fields;
  forget(form);
  return null;
}

function makeRoom(form, name) {
  const [path] = name.split('.');
  for (let tries = 0; !form.elements[name] && form.querySelector(`[data-table="${path}"]`) && tries < 50; tries += 1) addRow(path);
}

export function fill(form, fields) {
  const values = new Map();
  fields.forEach(([name, value]) => values.set(name, [...(values.get(name) ?? []), value]));
  values.forEach((_, name) => makeRoom(form, name));
  [...form.elements].filter(({ name, type }) => name && type !== 'file' && !NOT_KEPT.has(name)).forEach((element) => {
    const given = values.get(element.name) ?? [];
    if (element.type === 'checkbox' || element.type === 'radio') element.checked = given.includes(element.value);
    else if (element.type !== 'hidden' && element.type !== 'submit') element.value = given[0] ?? '';
  });
  form.dispatchEvent(new Event('input', { bubbles: true }));
}
