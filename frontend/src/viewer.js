// Draws a BPMN diagram with what happened on it, and redraws the marks while a time slider moves.
//
//   <div class="d-diagram" data-diagram='{"url": "…", "marks": {…}, "notes": {…}, "focus": [ids]}' data-failed="…"></div>
//
// url    where the BPMN file is; or xml, the file itself
// marks  {done, now, late, cancelled, flows}: lists of element ids; flows are the sequence flows that were taken.
//        Of many histories: {heat1 … heat4}, the seldom and the frequent, or the short and the long wait.
//        Of a version: {added, removed, changed} against another one, {wrong, doubtful} after its checks
// notes  {element id: {text, cls: "red" | "blue" | "grey", pos}}: a badge at the element
// focus  ids that fill the view; without it the whole diagram does. font, small: sizes of its texts in px
// highest  the element becomes as high as the diagram needs at its width, at most so many px
//
// An element that is hidden, as on a phone, draws when it is shown.
//
// When it stands, the element fires `diagram:ready` {warnings}, and has data-ready="1". It listens for
// `diagram:marks` with marks as above, and notes where those change too; nothing is read or laid out again, but where
// its url names another file than the one that is shown.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import { eachPart } from './parts.js';

const MARKS = ['done', 'now', 'late', 'cancelled', 'added', 'removed', 'changed', 'wrong', 'doubtful', 'heat1', 'heat2', 'heat3', 'heat4'];
const MARGIN = 22;
const NOTE_AT = { bottom: 8, left: -6 };

function viewerIn(container, { font = 13, small = 12 }) {
  const style = getComputedStyle(document.documentElement);
  const fontFamily = style.getPropertyValue('--d-font') || 'sans-serif';
  return new NavigatedViewer({
    container,
    textRenderer: {
      defaultStyle: { fontFamily, fontSize: font, lineHeight: 1.3 },
      externalStyle: { fontFamily, fontSize: small },
    },
    bpmnRenderer: {
      defaultStrokeColor: style.getPropertyValue('--l-grey') || '#66717f',
      defaultLabelColor: style.getPropertyValue('--d-ink') || '#1b2430',
      defaultFillColor: style.getPropertyValue('--d-surface') || '#ffffff',
    },
  });
}

// An id that the diagram does not have is passed over: a history may be older than its drawing.
function drawMarks(viewer, marks) {
  const canvas = viewer.get('canvas');
  const elements = viewer.get('elementRegistry');
  const wanted = new Map();
  const add = (id, mark) => wanted.set(id, (wanted.get(id) ?? new Set()).add(mark));
  MARKS.forEach((mark) => (marks[mark] ?? []).forEach((id) => add(id, mark)));
  (marks.flows ?? []).forEach((id) => add(id, 'done'));
  elements.forEach(({ id }) => MARKS.forEach((mark) => {
    const has = canvas.hasMarker(id, mark);
    const wants = wanted.get(id)?.has(mark) ?? false;
    if (has !== wants) canvas.toggleMarker(id, mark);
  }));
}

function drawNotes(viewer, notes) {
  const overlays = viewer.get('overlays');
  const elements = viewer.get('elementRegistry');
  overlays.remove({ type: 'note' });
  for (const [id, { text, cls = '', pos = NOTE_AT }] of Object.entries(notes)) {
    const html = Object.assign(document.createElement('div'), { className: `bp-note ${cls}`, textContent: text });
    if (elements.get(id)) overlays.add(id, 'note', { position: pos, html });
  }
}

function markLanes(viewer) {
  const lanes = viewer.get('elementRegistry').filter(({ type }) => type === 'bpmn:Lane' || type === 'bpmn:Participant');
  lanes.forEach(({ id }) => viewer.get('canvas').addMarker(id, 'lane'));
}

function show(viewer, focus = []) {
  const canvas = viewer.get('canvas');
  const shapes = focus.map((id) => viewer.get('elementRegistry').get(id)).filter((shape) => shape?.width);
  if (!shapes.length) {
    canvas.zoom('fit-viewport', 'auto');
    return;
  }
  const x = Math.min(...shapes.map((shape) => shape.x)) - MARGIN;
  const y = Math.min(...shapes.map((shape) => shape.y)) - MARGIN;
  const right = Math.max(...shapes.map((shape) => shape.x + shape.width)) + MARGIN;
  const bottom = Math.max(...shapes.map((shape) => shape.y + shape.height)) + MARGIN;
  canvas.viewbox({ x, y, width: right - x, height: bottom - y });
}

function grow(element, viewer, highest) {
  const { inner } = viewer.get('canvas').viewbox();
  const wanted = inner.height * Math.min(1, element.clientWidth / inner.width);
  element.style.height = `${Math.min(Math.max(wanted, element.clientHeight), highest)}px`;
  viewer.get('canvas').resized();
}

const shown = (element) => new Promise((done) => {
  const observer = new ResizeObserver(() => {
    if (!element.clientWidth) return;
    observer.disconnect();
    done();
  });
  observer.observe(element);
});

async function source(url) {
  const answer = await fetch(url, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

export async function mount(element) {
  const asked = JSON.parse(element.dataset.diagram);
  let { marks = {}, notes = {}, url } = asked;
  let viewer = null;      // while a file is being read there is none to draw on
  let drawing = null;
  let drawn = null;       // the url of what is drawn

  async function load(wanted) {
    if (wanted !== url) return [];      // the slider has moved on
    const warnings = wanted === drawn ? [] : await read(wanted);
    drawMarks(viewer, marks);
    drawNotes(viewer, notes);
    return warnings;
  }

  async function read(wanted) {
    viewer = null;
    const { warnings } = await drawing.importXML(wanted ? await source(wanted) : asked.xml);
    viewer = drawing;
    drawn = wanted;
    if (asked.highest) grow(element, viewer, asked.highest);
    markLanes(viewer);
    show(viewer, asked.focus);
    return warnings;
  }

  // The slider may move before the file has come: the last word counts.
  let loaded = shown(element).then(() => {
    drawing = viewerIn(element, asked);
    return load(url);
  });
  element.addEventListener('diagram:marks', ({ detail }) => {
    marks = detail;
    notes = detail.notes ?? notes;
    if (detail.url && detail.url !== url) {
      url = detail.url;
      loaded = loaded.then(() => load(detail.url)).catch((error) => fail(element, error));
    } else if (viewer) {
      drawMarks(viewer, marks);
      if (detail.notes) drawNotes(viewer, notes);
    }
  });
  const warnings = await loaded;
  element.dataset.ready = '1';
  element.dispatchEvent(new CustomEvent('diagram:ready', { bubbles: true, detail: { warnings: warnings.map(String) } }));
}

function fail(element, error) {
  console.error(error);
  element.textContent = element.dataset.failed ?? '流程图没有载入，请刷新本页。';
  element.dataset.ready = 'error';
}

eachPart('[data-diagram]', (element) => mount(element).catch((error) => fail(element, error)));
