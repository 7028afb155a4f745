// Ids are API: tests, forms and running instances hold them, so they say what the element is.
import { isAny } from 'bpmnlint-utils';

const HELD = ['bpmn:FlowNode', 'bpmn:SequenceFlow', 'bpmn:Process', 'bpmn:Lane'];

export default () => ({
  check(node, reporter) {
    if (isAny(node, HELD) && !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(node.id)) reporter.report(node.id, `Id <${node.id}> is not snake_case`, ['id']);
  },
});
