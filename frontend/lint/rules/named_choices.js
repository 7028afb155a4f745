// Every way out of a choice says its answer, and one is taken when no other is.
import { is } from 'bpmnlint-utils';

export default () => ({
  check(node, reporter) {
    const ways = node.outgoing ?? [];
    if (!is(node, 'bpmn:ExclusiveGateway') || ways.length < 2) return;
    if (!node.default) reporter.report(node.id, 'Choice without a default flow', ['default']);
    ways.filter((way) => !(way.name ?? '').trim()).forEach((way) => reporter.report(way.id, 'Answer without a name', ['name']));
  },
});
