// Saves a form by itself, two seconds after the last key: <form data-draft="url">.
//
// It posts the fields as the form would, without files, and is answered with JSON: {"text": "10:23 已自动暂存"}, and
// {"revision": 5} where the form has a field of that name. 409 is answered with the sentence that says who was first,
// as {"text"} or a problem's {"detail"}. What could not be sent is kept on this machine and tried again.
//
// [data-draft-state] says what happened; it carries the words. [data-save] saves at once.
import { eachPart } from './parts.js';
import { fill, forget, keep, keptFor, fieldsOf } from './kept.js';

const PAUSE_MS = 2000;
const RETRY_MS = 15_000;

const token = () => document.querySelector('meta[name=csrf-token]')?.content ?? '';

function stateOf(form) {
  return document.querySelector('[data-draft-state]') ?? form.appendChild(document.createElement('span'));
}

function say(state, text, verb, act) {
  state.replaceChildren(text ?? '');
  if (!verb) return;
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-sm', textContent: verb });
  button.addEventListener('click', act);
  state.append(' ', button);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.state = stateOf(form);
    this.words = this.state.dataset;
    this.timer = null;
    this.isClosed = false;   // sent, or somebody else was first: nothing more is saved
    this.offerKept();
  }

  typed() {
    this.wait(PAUSE_MS);
  }

  wait(ms) {
    clearTimeout(this.timer);
    if (!this.isClosed) this.timer = setTimeout(() => this.save(), ms);
  }

  close() {
    clearTimeout(this.timer);
    this.isClosed = true;
    keep(this.form);   // should the sending fail; the next page with this form compares and forgets
  }

  async save() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.isClosed) return;
    say(this.state, this.words.saving);
    const sent = JSON.stringify(fieldsOf(this.form));
    try {
      const answer = await fetch(this.form.dataset.draft, {
        method: 'POST', body: new URLSearchParams(JSON.parse(sent)), credentials: 'same-origin', keepalive: sent.length < 60_000,
        headers: { 'X-CSRFToken': token(), Accept: 'application/json' },
      });
      await this.answered(answer, sent);
    } catch {
      this.failed(this.words.offline);
    }
  }

  async answered(answer, sent) {
    if (answer.status === 401 || answer.redirected) {
      this.failed(this.words.signedOut);
      return;
    }
    const content = await answer.json().catch(() => ({}));
    if (answer.ok) this.saved(content, sent);
    else if ([409, 410].includes(answer.status)) this.lost(content);
    else this.failed(this.words.refused);
  }

  saved({ text, revision }, sent) {
    const field = this.form.elements.revision;
    if (field && revision !== undefined) field.value = revision;
    if (sent === JSON.stringify(fieldsOf(this.form)) || revision !== undefined) forget(this.form);
    say(this.state, text);
  }

  lost({ text, detail, title }) {
    this.close();
    say(this.state, text ?? detail ?? title);
  }

  failed(text) {
    keep(this.form);
    say(this.state, text, this.words.retry, () => this.save());
    this.wait(RETRY_MS);
  }

  offerKept() {
    const fields = keptFor(this.form);
    if (!fields) return;
    say(this.state, this.words.kept, this.words.restore, () => {
      fill(this.form, fields);
      this.save();
    });
  }
}

eachPart('form[data-draft]', (form) => {
  const draft = new Draft(form);
  form.addEventListener('input', () => draft.typed());
  form.addEventListener('submit', (event) => { if (!event.defaultPrevented) draft.close(); });
  window.addEventListener('online', () => draft.save());
  document.addEventListener('visibilitychange', () => { if (document.hidden && draft.timer) draft.save(); });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-save]');
    if (button?.form !== form) return;
    event.preventDefault();
    draft.save();
  });
});
