// The line of time under the diagram, drawn with SVG attributes: a tick an event, a diamond where a limit passed, a ring
// where something was cancelled, red where it was overdue.
import { inDays } from './moments.js';

const SVG = 'http://www.w3.org/2000/svg';
const LEFT = 1.2;   // percent, so that the first and the last sign are not cut
const WIDE = 97.6;
const MIDDLE = 21;
const LABEL_PX = 104;

function shape(name, attributes, ...inside) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.append(...inside);
  return element;
}

export class Track {
  constructor(svg, frames) {
    this.svg = svg;
    this.frames = frames;
    this.first = frames[0].at;
    this.span = Math.max(1, frames.at(-1).at - this.first);
  }

  percent(at) {
    return LEFT + (WIDE * (at - this.first)) / this.span;
  }

  /** The instant under a pointer; an event so near that it was meant draws it. */
  instantAt(clientX) {
    const { left, width } = this.svg.getBoundingClientRect();
    const near = this.frames.find(({ at }) => Math.abs(left + (width * this.percent(at)) / 100 - clientX) < 6);
    if (near) return near.at;
    const share = ((clientX - left) / width) * 100 - LEFT;
    return this.first + (Math.min(Math.max(share / WIDE, 0), 1) * this.span);
  }

  draw(at, from) {
    const parts = [this.bar('base', 0, 100), this.bar('gone', 0, this.percent(at))];
    this.frames.forEach((frame, place) => {
      const end = this.frames[place + 1]?.at ?? frame.at;
      const since = Math.max(frame.at, frame.overdue === true ? frame.at : Date.parse(frame.overdue ?? ''));
      const until = Math.min(end, at);
      if (since < until) parts.push(this.bar('late', this.percent(since), this.percent(until)));
    });
    parts.push(...this.frames.map((frame, place) => this.tick(frame, place, frame.at > at)));
    if (from !== null) parts.push(this.at(from, shape('circle', { class: 'from', cy: MIDDLE, r: 7 })));
    parts.push(this.at(at, shape('circle', { class: 'thumb', cy: MIDDLE, r: 9 })), ...this.labels(at));
    this.svg.replaceChildren(...parts);
  }

  bar(name, from, to) {
    return shape('rect', { class: name, x: `${from}%`, y: MIDDLE - 2, width: `${Math.max(0, to - from)}%`, height: 4 });
  }

  at(instant, ...inside) {
    return shape('svg', { x: `${this.percent(instant)}%`, overflow: 'visible' }, ...inside);
  }

  tick(frame, place, isAhead) {
    const before = this.frames[place - 1] ?? {};
    const more = (list) => (frame[list] ?? []).length > (before[list] ?? []).length;
    if (more('late')) return this.at(frame.at, shape('path', { class: 'late', d: `M0 ${MIDDLE - 7}l7 7-7 7-7-7z` }));
    if (more('cancelled')) return this.at(frame.at, shape('circle', { class: 'ring', cy: MIDDLE, r: 5 }));
    return this.at(frame.at, shape('rect', { class: isAhead ? 'tick ahead' : 'tick', x: -1.5, y: MIDDLE - 8, width: 3, height: 16, rx: 1.5 }));
  }

  /** Dates below the line, the present one first; a date that would lie on another is left out. */
  labels(at) {
    const late = this.frames.filter((frame, place) => (frame.late ?? []).length > (this.frames[place - 1]?.late ?? []).length);
    const wanted = [
      { at, name: 'here' }, { at: this.first, name: '' }, { at: this.frames.at(-1).at, name: '' },
      ...late.map((frame) => ({ at: frame.at, name: 'late' })), ...this.frames.map((frame) => ({ at: frame.at, name: '' })),
    ];
    const room = (LABEL_PX / (this.svg.clientWidth || 800)) * 100;
    const placed = [];
    wanted.forEach((label) => {
      const x = this.percent(label.at);
      if (placed.every((other) => Math.abs(other.x - x) >= room)) placed.push({ ...label, x });
    });
    return placed.map(({ x, at: instant, name }) => {
      const anchor = x < room / 2 ? 'start' : (x > 100 - room / 2 ? 'end' : 'middle');
      return shape('text', { class: name, x: `${x}%`, y: 48, 'text-anchor': anchor }, inDays(instant));
    });
  }
}
