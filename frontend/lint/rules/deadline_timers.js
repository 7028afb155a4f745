// A drawn timer names a deadline of its duty, never a duration or a cycle.
import { is } from 'bpmnlint-utils';

export default () => ({
  check(node, reporter) {
    if (!is(node, 'bpmn:TimerEventDefinition')) return;
    const name = (node.timeDate?.body ?? '').trim();
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) reporter.report(node.$parent.id, 'Timer does not name a deadline');
  },
});
