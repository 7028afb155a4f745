// Names behind an @: <textarea data-mentions="url"> offers those who may be named as soon as an @ is typed.
//
// The address answers {people: [{word, label, find}]} and is asked once. The arrows choose, Enter or Tab takes, Escape
// closes; without this script the name is simply typed.
import { eachPart } from './parts.js';

const MOST = 8;
const BEHIND_AT = /(?:^|[^A-Za-z0-9._%+-])@([\p{L}\p{N}_.·-]*)$/u;

class Mentions {
  constructor(area) {
    this.area = area;
    this.people = null;
    this.shown = [];
    this.at = 0;
    this.list = Object.assign(document.createElement('ul'), { className: 'd-mentions', id: `${area.id}-names`, hidden: true });
    this.list.setAttribute('role', 'listbox');
    area.after(this.list);
    area.setAttribute('role', 'combobox');
    area.setAttribute('aria-expanded', 'false');
    area.setAttribute('aria-controls', this.list.id);
    area.addEventListener('input', () => this.look());
    area.addEventListener('keydown', (event) => this.press(event));
    area.addEventListener('blur', () => this.close());
    this.list.addEventListener('mousedown', (event) => {
      event.preventDefault();
      const line = event.target.closest('li');
      if (line) this.take(this.shown[Number(line.dataset.place)]);
    });
  }

  typed() {
    return this.area.value.slice(0, this.area.selectionStart).match(BEHIND_AT)?.[1];
  }

  async look() {
    if (this.typed() === undefined) return this.close();
    this.people ??= fetch(this.area.dataset.mentions, { headers: { Accept: 'application/json' } })
      .then((answer) => (answer.ok ? answer.json() : { people: [] })).then((told) => told.people);
    const people = await this.people;
    const begun = this.typed();
    if (begun === undefined) return this.close();
    this.shown = people.filter((one) => one.find.includes(begun.toLowerCase())).slice(0, MOST);
    this.at = 0;
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.shown.map((one, place) => {
      const line = Object.assign(document.createElement('li'), { textContent: one.label, id: `${this.list.id}-${place}` });
      line.setAttribute('role', 'option');
      line.setAttribute('aria-selected', String(place === this.at));
      line.dataset.place = place;
      return line;
    }));
    this.list.hidden = this.shown.length === 0;
    this.area.setAttribute('aria-expanded', String(!this.list.hidden));
    if (this.list.hidden) this.area.removeAttribute('aria-activedescendant');
    else this.area.setAttribute('aria-activedescendant', `${this.list.id}-${this.at}`);
  }

  press(event) {
    if (this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + this.shown.length) % this.shown.length;
      this.draw();
    } else if (event.key === 'Enter' || event.key === 'Tab') this.take(this.shown[this.at]);
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(one) {
    const until = this.area.selectionStart;
    const from = until - this.typed().length;
    this.area.setRangeText(`${one.word} `, from, until, 'end');
    this.close();
  }

  close() {
    this.shown = [];
    this.draw();
  }
}

eachPart('textarea[data-mentions]', (area) => new Mentions(area));
