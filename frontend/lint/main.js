// Checks one BPMN file, read from stdin, and prints what it found as JSON: [{rule, category, id, message}].
// It runs under node, started by app/services/bpmnlint.py, and knows no network and no other file.
import { text } from 'node:stream/consumers';
import { stdin, stdout } from 'node:process';
import { BpmnModdle } from 'bpmn-moddle';
import Linter from 'bpmnlint/lib/linter.js';
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver.js';
import recommended from 'bpmnlint-recommended';   // the library's rules by name, gathered by build.mjs
import * as own from './rules/index.js';

const PLUGIN = 'bpmnlint-plugin-duban';

// What a file can run without is a warning: it is shown to who uploads and to who approves. What the strict reader of
// the engine refuses anyway stays an error here, so that both speak of it alike.
const config = {
  extends: ['bpmnlint:recommended'],
  rules: {
    'label-required': 'warn',
    'no-bpmndi': 'warn',
    'no-gateway-join-fork': 'warn',
    'single-blank-start-event': 'warn',   // a process may begin with a message
    ...Object.fromEntries(Object.keys(own.rules).map((name) => [`duban/${name}`, 'warn'])),
  },
};

function resolver() {
  const cache = { 'config:bpmnlint/recommended': recommended.config };
  for (const [name, rule] of Object.entries(recommended.rules)) cache[`rule:bpmnlint/${name}`] = rule;
  for (const [name, rule] of Object.entries(own.rules)) cache[`rule:${PLUGIN}/${name}`] = rule;
  return new StaticResolver(cache);
}

// A flow says where it begins and ends; files may leave out that its ends say so as well, but the rules ask the ends.
function connect(node) {
  for (const child of [...(node.flowElements ?? [])]) {
    connect(child);
    if (child.$type !== 'bpmn:SequenceFlow') continue;
    for (const [end, side] of [[child.sourceRef, 'outgoing'], [child.targetRef, 'incoming']]) {
      if (end && !end.get(side).includes(child)) end.get(side).push(child);
    }
  }
}

// A file without any drawing is told so once, not once for each element.
function isWorthTelling(rule, rootElement) {
  return rule !== 'no-bpmndi' || rootElement.diagrams?.length > 0;
}

const { rootElement } = await new BpmnModdle().fromXML(await text(stdin));
rootElement.get('rootElements').forEach(connect);
const results = await new Linter({ config, resolver: resolver() }).lint(rootElement);
const findings = Object.entries(results).filter(([rule]) => isWorthTelling(rule, rootElement)).flatMap(([rule, reports]) => (
  reports.map(({ id = '', category, message }) => ({ rule, category, id, message }))));
if (!rootElement.diagrams?.length) findings.push({ rule: 'no-bpmndi', category: 'warn', id: '', message: 'No diagram' });
stdout.write(JSON.stringify(findings));
