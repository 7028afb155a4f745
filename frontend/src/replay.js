// Replays a history on its diagram: <section data-replay>, drawn by templates/replay.html, holds
//
//   <script type="application/json" data-frames>   list of {at, text, actor, event, done, now, late, cancelled, flows}, in
//        order; and where they are known notes (as the viewer takes them), overdue (true, or the instant from which on
//        a limit has passed), data (label -> text of what the forms say, as far as it is not what they said before;
//        null for what is gone), drawing (where the BPMN file of then is: a process may change its version)
//   <script type="application/json" data-names>    {element id: its name}
//   data-off, data-on       days that depart from Monday to Friday, parted by spaces
//   data-then-url           where the form of a moment is; EVENT stands for the frame's event
//   data-event-asked, data-at, data-from    the event and instant to begin at, and the event to compare it with
//   [data-diagram] gets `diagram:marks`; [data-moment] [data-what] [data-when] [data-place] get words; [data-difference]
//   a list; [data-then] the form; [data-event="1041"] the rows of the event table, which may stand outside; so may
//   [data-address], a link that is always the address of the moment, and copies it; [data-beside], to the events beside.
//
// The section fires `replay:moment` {frame, place, at}..
import { eachPart } from './parts.js';
import { keepAddress } from './replay/address.js';
import { filled, inFull, inWords, workdayFrom } from './replay/moments.js';
import { showDifference, thenReader } from './replay/panels.js';
import { Track } from './replay/track.js';

const STEP_MS = 1100;
const SPEEDS = [1, 2, 4];

const json = (root, selector, otherwise) => JSON.parse(root.querySelector(selector)?.textContent ?? otherwise);
// Each frame with the whole of its data, from what changed.
function whole(frames) {
  let data = {};
  return frames.map((frame) => {
    data = Object.fromEntries(Object.entries({ ...data, ...frame.data }).filter(([, text]) => text !== null));
    return { ...frame, data, at: Date.parse(frame.at) };
  });
}

const days = (text) => new Set((text ?? '').split(' ').filter(Boolean));

class Replay {
  constructor(root) {
    this.root = root;
    this.frames = whole(json(root, '[data-frames]', '[]'));
    this.names = json(root, '[data-names]', '{}');
    this.calendar = { off: days(root.dataset.off), on: days(root.dataset.on) };
    this.slider = root.querySelector('[role=slider]');
    this.track = new Track(this.slider, this.frames);
    this.from = null;      // the moment to compare with; without one, the event before
    this.speed = 0;
    this.playing = null;
    this.begin(root.dataset);
  }

  // What the address asks for is on the page already.
  begin({ thenUrl, eventAsked, at, from }) {
    const seen = (event) => this.frames.find((frame) => String(frame.event) === event);
    const frame = seen(eventAsked);
    this.then = thenReader(thenUrl, eventAsked);
    this.from = seen(from)?.at ?? null;
    this.root.querySelector('[data-go=from]')?.setAttribute('aria-pressed', String(this.from !== null));
    this.go(frame ? Math.max(frame.at, Date.parse(at)) : this.frames.at(-1).at);
  }

  get place() {
    return this.placeAt(this.at);
  }

  placeAt(instant) {
    return Math.max(0, this.frames.findLastIndex((frame) => frame.at <= instant));
  }

  go(at) {
    this.at = Math.min(Math.max(at, this.frames[0].at), this.frames.at(-1).at);
    this.show();
  }

  // Events of one instant are told apart by the moment itself: a step of one event always moves.
  step(by) {
    const present = this.frames[this.place].at;
    const ahead = by > 0 ? this.frames.find(({ at }) => at > present) : this.frames.findLast(({ at }) => at < this.at);
    if (ahead) this.go(ahead.at);
    return Boolean(ahead);
  }

  show() {
    const frame = this.frames[this.place];
    const { done, now, late, cancelled, flows, notes, drawing } = frame;
    this.track.draw(this.at, this.from);
    this.root.querySelector('[data-diagram]')?.dispatchEvent(
      new CustomEvent('diagram:marks', { detail: { done, now, late, cancelled, flows, notes: notes ?? {}, url: drawing } }));
    this.say(frame);
    this.markEvents();
    this.compare(frame);
    const since = this.from === null ? null : this.frames[this.placeAt(this.from)].event;
    const neighbours = [this.frames[this.place - 1]?.event, this.frames[this.place + 1]?.event];
    keepAddress({ frame, at: this.at, since, neighbours });
    this.then(frame, this.at);
    this.root.dispatchEvent(new CustomEvent('replay:moment', { bubbles: true, detail: { frame, place: this.place, at: this.at } }));
  }

  say(frame) {
    const place = filled(this.slider.dataset.place, { n: this.place + 1, all: this.frames.length });
    const words = { moment: inFull(this.at), what: `${frame.actor ? `${frame.actor} ` : ''}${frame.text}`, when: inWords(this.at), place };
    Object.entries(words).forEach(([name, text]) => {
      document.querySelectorAll(`[data-${name}]:not([role])`).forEach((element) => { element.textContent = text; });
    });
    this.slider.setAttribute('aria-valuemax', this.frames.length);
    this.slider.setAttribute('aria-valuenow', this.place + 1);
    this.slider.setAttribute('aria-valuetext', `${inWords(this.at)}，${frame.text}，${place}`);
  }

  markEvents() {
    const places = new Map(this.frames.map((frame, place) => [String(frame.event), place]));
    document.querySelectorAll('[data-event]').forEach((row) => {
      const place = places.get(row.dataset.event) ?? -1;
      row.classList.toggle('now', place === this.place);
      row.classList.toggle('later', place > this.place);
      if (place === this.place) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    });
  }

  compare(frame) {
    const from = this.from ?? this.frames[Math.max(0, this.place - 1)].at;
    const other = this.from === null ? this.frames[Math.max(0, this.place - 1)] : this.frames[this.placeAt(this.from)];
    const [before, after] = from <= this.at ? [other, frame] : [frame, other];
    const [early, late] = from <= this.at ? [from, this.at] : [this.at, from];
    showDifference({ before, after, early, late, names: this.names, calendar: this.calendar });
  }

  play() {
    const button = this.root.querySelector('[data-go=play]');
    const isPlaying = this.playing !== null;
    clearInterval(this.playing);
    this.playing = null;
    button.setAttribute('aria-pressed', String(!isPlaying));
    if (isPlaying) return;
    if (this.at >= this.frames.at(-1).at) this.go(this.frames[0].at);
    this.playing = setInterval(() => { if (!this.root.isConnected || !this.step(1)) this.stop(); }, STEP_MS / SPEEDS[this.speed]);
  }

  stop() {
    if (this.playing !== null) this.play();
  }

  faster(button) {
    this.speed = (this.speed + 1) % SPEEDS.length;
    button.textContent = filled(button.dataset.speed, { n: SPEEDS[this.speed] });
    if (this.playing !== null) {
      this.play();
      this.play();
    }
  }

  act(button) {
    const acts = {
      first: () => this.go(this.frames[0].at), back: () => this.step(-1), play: () => this.play(), next: () => this.step(1),
      speed: () => this.faster(button), from: () => this.setFrom(button),
    };
    if (button.dataset.go !== 'play' && button.dataset.go !== 'speed') this.stop();
    acts[button.dataset.go]?.();
  }

  setFrom(button) {
    this.from = this.from === null ? this.at : null;
    button.setAttribute('aria-pressed', String(this.from !== null));
    this.show();
  }

  key(event) {
    const workday = (step) => this.go(workdayFrom(this.at, step, this.calendar));
    const keys = {
      ' ': () => this.play(), Home: () => this.go(this.frames[0].at), End: () => this.go(this.frames.at(-1).at),
      ArrowLeft: () => (event.shiftKey ? workday(-1) : this.step(-1)), ArrowDown: () => this.step(-1),
      ArrowRight: () => (event.shiftKey ? workday(1) : this.step(1)), ArrowUp: () => this.step(1),
    };
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.key !== ' ') this.stop();
    keys[event.key]();
  }
}

eachPart('[data-replay]', (root) => {
  const replay = new Replay(root);
  root.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-go]');
    if (button) replay.act(button);
  });
  replay.slider.addEventListener('keydown', (event) => replay.key(event));
  replay.slider.addEventListener('pointerdown', (event) => {
    replay.stop();
    replay.slider.setPointerCapture(event.pointerId);
    replay.go(replay.track.instantAt(event.clientX));
  });
  replay.slider.addEventListener('pointermove', (event) => {
    if (replay.slider.hasPointerCapture(event.pointerId)) replay.go(replay.track.instantAt(event.clientX));
  });
  document.addEventListener('click', ({ target }) => {
    const row = target.closest('[data-event]');
    const frame = row && replay.frames.find((one) => String(one.event) === row.dataset.event);
    if (frame && !target.closest('a, button')) replay.go(frame.at);
  });
  new ResizeObserver(() => replay.track.draw(replay.at, replay.from)).observe(replay.slider);
});
