// What a person reads on the screen is written in Chinese.
import { isAny } from 'bpmnlint-utils';

const READ = ['bpmn:Activity', 'bpmn:Event', 'bpmn:Gateway', 'bpmn:SequenceFlow', 'bpmn:Process', 'bpmn:Lane'];

export default () => ({
  check(node, reporter) {
    const name = (node.name ?? '').trim();
    if (isAny(node, READ) && name && !/\p{Script=Han}/u.test(name)) reporter.report(node.id, `Name <${name}> is not Chinese`, ['name']);
  },
});
