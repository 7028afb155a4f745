"""Spoils BPMN files by chance, as a hasty hand, a foreign tool or an attacker would: by structure and by bytes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from app.engine.drawing import BPMN, FLOW_NODES, SPIFF

Mutation = Callable[[random.Random, etree._Element], None]
_PARSER = etree.XMLParser(remove_comments=True, resolve_entities=False)
_WORDS = (
    "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "task",
    "callActivity", "subProcess", "transaction", "adHocSubProcess", "startEvent", "endEvent", "boundaryEvent",
    "intermediateCatchEvent", "intermediateThrowEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
    "eventBasedGateway", "complexGateway", "dataObject", "textAnnotation", "sequenceFlow", "process", "laneSet",
)  # fmt: skip
_EXPRESSIONS = (
    "", " ", "outcome", "outcome ==", "outcome == 'yes'", "not outcome", "True", "1 == 1", "().__class__",
    "round > 'x'", "units == 1", "open('/etc/passwd')", "9**9**9", "'a' * 9", "(" * 200, "x if y else z", "lambda: 1",
    "\u00a0a", "round + 1 > 2 and (outcome in ('a', 'b'))", "nobody_knows == 1", "units", "due_at", "P1D", "now()",
    "等于 == 1",
    "outcome == '" + "长" * 600 + "'",
)  # fmt: skip
_SNIPPETS = (
    '<scriptTask xmlns="{0}" id="{1}"><script>raise SystemExit</script></scriptTask>',
    '<callActivity xmlns="{0}" id="{1}" calledElement="{2}"/>',
    '<boundaryEvent xmlns="{0}" id="{1}" attachedToRef="{2}" cancelActivity="false"><timerEventDefinition>'
    "<timeDate>due_at</timeDate></timerEventDefinition></boundaryEvent>",
    '<boundaryEvent xmlns="{0}" id="{1}" attachedToRef="{2}"><signalEventDefinition/></boundaryEvent>',
    '<sequenceFlow xmlns="{0}" id="{1}" sourceRef="{2}" targetRef="{3}"/>',
    '<sequenceFlow xmlns="{0}" id="{1}" sourceRef="{2}" targetRef="{3}"><conditionExpression>outcome == \'no\''
    "</conditionExpression></sequenceFlow>",
    '<subProcess xmlns="{0}" id="{1}" triggeredByEvent="true"/>',
    '<multiInstanceLoopCharacteristics xmlns="{0}"><loopDataInputRef>units</loopDataInputRef><loopDataOutputRef>units'
    '</loopDataOutputRef><inputDataItem id="{1}"/><outputDataItem id="{1}"/></multiInstanceLoopCharacteristics>',
    '<multiInstanceLoopCharacteristics xmlns="{0}"><loopCardinality>1000000</loopCardinality>'
    "</multiInstanceLoopCharacteristics>",
    '<ioSpecification xmlns="{0}"><dataInput id="{1}" name="{1}"/><inputSet><dataInputRefs>{1}</dataInputRefs>'
    "</inputSet><outputSet/></ioSpecification>",
    '<dataInputAssociation xmlns="{0}" id="{1}"><sourceRef>{2}</sourceRef><targetRef>{3}</targetRef>'
    "</dataInputAssociation>",
    '<errorEventDefinition xmlns="{0}"/>',
    '<terminateEventDefinition xmlns="{0}"/>',
    '<x:listener xmlns:x="urn:x" id="{1}"/>',
)


def seed(content: bytes) -> etree._Element:
    return etree.fromstring(content, _PARSER)


def mutated(chance: random.Random, root: etree._Element) -> bytes:
    """One to three changes in a copy of the file, plausible ones or wrongs; one in eight is a wrong of the bytes."""
    copy = deepcopy(root)
    kinds = chance.choice((_PLAUSIBLE, _PLAUSIBLE, _STRUCTURAL))
    for _ in range(chance.choice((1, 1, 2, 3))):
        chance.choice(kinds)(chance, copy)
    content = etree.tostring(copy, encoding="UTF-8", xml_declaration=True)
    return chance.choice(_BYTES)(chance, content) if chance.random() < 1 / 8 else content


def _any(chance: random.Random, root: etree._Element) -> etree._Element:
    return chance.choice(list(root.iter("*")))


def _inner(chance: random.Random, root: etree._Element) -> etree._Element:
    """Any element but the root."""
    return chance.choice(list(root.iter("*"))[1:] or [root])


def _ids(root: etree._Element) -> list[str]:
    return [node.get("id", "") for node in root.iter("*") if node.get("id")] or ["none"]


def _delete(chance: random.Random, root: etree._Element) -> None:
    _drop(_inner(chance, root))


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _double(chance: random.Random, root: etree._Element) -> None:
    """A second of it, with the same ids or with others."""
    node = _inner(chance, root)
    twin = deepcopy(node)
    if chance.random() < 0.5:
        for inner in twin.iter("*"):
            if inner.get("id"):
                inner.set("id", f"{inner.get('id')}_{chance.randrange(99)}")
    if node.getparent() is not None:
        node.addnext(twin)


def _swap(chance: random.Random, root: etree._Element) -> None:
    parent = _any(chance, root)
    if len(parent) > 1:
        one, other = chance.sample(range(len(parent)), 2)
        parent.insert(one, parent[other])


def _move(chance: random.Random, root: etree._Element) -> None:
    node, place = _inner(chance, root), _any(chance, root)
    if node not in (place, *place.iterancestors(), root):
        place.append(node)


def _rename(chance: random.Random, root: etree._Element) -> None:
    nodes = list(root.iter(*FLOW_NODES)) or [root]
    chance.choice(nodes).tag = BPMN + chance.choice(_WORDS)


def _bare(chance: random.Random, root: etree._Element) -> None:
    node = _any(chance, root)
    if node.attrib:
        del node.attrib[chance.choice(list(node.attrib))]


def _cross(chance: random.Random, root: etree._Element) -> None:
    """An attribute with the value of another, or with nonsense."""
    node = _any(chance, root)
    names = list(node.attrib) or ["id"]
    nonsense = ("", "Start", "End", "x y", "a.b", "长" * 90, "a" * 5_000, "true", "-1", "{x}", "p:q", "é", "x.EndJoin")
    node.set(chance.choice(names), chance.choice((*nonsense, *_ids(root))))


def _redirect(chance: random.Random, root: etree._Element) -> None:
    flows = list(root.iter(BPMN + "sequenceFlow"))
    if flows:
        chance.choice(flows).set(chance.choice(("sourceRef", "targetRef")), chance.choice(_ids(root)))


def _reword(chance: random.Random, root: etree._Element) -> None:
    texts = [node for node in root.iter("*") if (node.text or "").strip()]
    if texts:
        chance.choice(texts).text = chance.choice((*_EXPRESSIONS, *_ids(root)))


def _condition(chance: random.Random, root: etree._Element) -> None:
    flows = list(root.iter(BPMN + "sequenceFlow"))
    if flows:
        etree.SubElement(chance.choice(flows), BPMN + "conditionExpression").text = chance.choice(_EXPRESSIONS)


def _insert(chance: random.Random, root: etree._Element) -> None:
    ids = _ids(root)
    text = chance.choice(_SNIPPETS)
    new = f"new_{chance.randrange(50)}" if chance.random() < 0.8 else chance.choice(ids)
    xml = text.format(BPMN.strip("{}"), new, chance.choice(ids), chance.choice(ids))
    place = _any(chance, root)
    place.insert(chance.randrange(len(place) + 1), etree.fromstring(xml))


def _switch(chance: random.Random, root: etree._Element) -> None:
    """A boolean attribute that changes what an element is."""
    name = chance.choice(("isExecutable", "cancelActivity", "isSequential", "triggeredByEvent", "instantiate"))
    _any(chance, root).set(name, chance.choice(("true", "false", "1", "maybe")))


def _nest(chance: random.Random, root: etree._Element) -> None:
    """The content of a process, put into boxes within boxes."""
    for process in root.iter(BPMN + "process"):
        inner = list(process)
        box = process
        for depth in range(chance.choice((1, 5, 12, 120, 240))):
            box = etree.SubElement(box, BPMN + "subProcess", id=f"nest_{depth}")
            etree.SubElement(box, BPMN + "documentation").text = "x"
        for node in inner:
            box.append(node)


def _swell(chance: random.Random, root: etree._Element) -> None:
    """Very much text, or very many elements."""
    node = _any(chance, root)
    if chance.random() < 0.5:
        node.text = chance.choice(("x", "长", " ", "<")) * chance.choice((10_000, 700_000))
        return
    for _ in range(chance.choice((50, 400, 3_000))):
        node.addnext(deepcopy(node)) if node.getparent() is not None and len(node) < 5 else None


def _property(chance: random.Random, root: etree._Element) -> None:
    carriers = list(root.iter(SPIFF + "property"))
    if carriers:
        chance.choice(carriers).set("value", chance.choice(("", "无此泳道", "a b c", "领导小组", "office")))


def _fresh(chance: random.Random) -> str:
    return f"new_{chance.randrange(10_000)}"


def _weave(chance: random.Random, root: etree._Element) -> None:
    """An element of some kind in the middle of a flow."""
    flows = list(root.iter(BPMN + "sequenceFlow"))
    if flows:
        flow, new = chance.choice(flows), _fresh(chance)
        node = etree.fromstring(chance.choice(_NODES).format(BPMN.strip("{}"), SPIFF.strip("{}"), new))
        onward = etree.fromstring(f'<sequenceFlow xmlns="{BPMN.strip("{}")}" id="{new}_on" sourceRef="{new}"/>')
        onward.set("targetRef", flow.get("targetRef", ""))
        flow.set("targetRef", new)
        flow.addprevious(node)
        flow.addprevious(onward)


def _guard(chance: random.Random, root: etree._Element) -> None:
    """A boundary on a host, which leads to an end of its own or to any element."""
    hosts = [node for word in ("userTask", "receiveTask", "subProcess") for node in root.iter(BPMN + word)]
    if hosts:
        host, new = chance.choice(hosts), _fresh(chance)
        others = [node.get("id", "") for node in host.itersiblings(*FLOW_NODES)]
        target = chance.choice((f"{new}_e", f"{new}_e", *others))
        text = _GUARD.format(BPMN.strip("{}"), new, host.get("id"), chance.choice(("true", "false")), target)
        for node in etree.fromstring(text):
            host.addnext(node)


def _fork(chance: random.Random, root: etree._Element) -> None:
    """A second way beside an element: around it by gateways of one kind."""
    tasks = [node for node in root.iter(BPMN + "userTask") if node.get("id")]
    if tasks:
        task, new = chance.choice(tasks), _fresh(chance)
        kind = chance.choice(("parallel", "parallel", "exclusive", "inclusive", "eventBased"))
        for flow in root.iter(BPMN + "sequenceFlow"):
            if flow.get("targetRef") == task.get("id"):
                flow.set("targetRef", f"{new}_f")
            elif flow.get("sourceRef") == task.get("id"):
                flow.set("sourceRef", f"{new}_j")
        fork = etree.fromstring(_FORK.format(BPMN.strip("{}"), SPIFF.strip("{}"), new, kind, task.get("id")))
        if kind in ("parallel", "eventBased"):
            fork[0].attrib.pop("default")
            _drop(fork[4][0])
        for node in fork:
            task.addnext(node)


def _kin(chance: random.Random, root: etree._Element) -> None:
    """One kind of gateway, task or end for another of its family."""
    family = chance.choice(_FAMILIES)
    nodes = [node for word in family for node in root.iter(BPMN + word)]
    if nodes:
        chance.choice(nodes).tag = BPMN + chance.choice(family)


def _end(chance: random.Random, root: etree._Element) -> None:
    """An end that terminates, or a terminating one that only ends."""
    ends = list(root.iter(BPMN + "endEvent"))
    if ends:
        node = chance.choice(ends)
        inner = list(node.iter(BPMN + "terminateEventDefinition"))
        for definition in inner:
            node.remove(definition)
        if not inner:
            etree.SubElement(node, BPMN + "terminateEventDefinition")


_LANED = (
    '<extensionElements><s:properties xmlns:s="{1}"><s:property name="lane" value="领导小组"/></s:properties>'
    "</extensionElements>"
)
_NODES = (
    '<userTask xmlns="{0}" id="{2}">' + _LANED + "</userTask>",
    '<exclusiveGateway xmlns="{0}" id="{2}"/>',
    '<parallelGateway xmlns="{0}" id="{2}"/>',
    '<intermediateThrowEvent xmlns="{0}" id="{2}"/>',
    '<intermediateCatchEvent xmlns="{0}" id="{2}"><timerEventDefinition><timeDate>due_at</timeDate>'
    "</timerEventDefinition></intermediateCatchEvent>",
    '<serviceTask xmlns="{0}" id="{2}"><extensionElements><s:serviceTaskOperator xmlns:s="{1}" id="do.it"/>'
    "</extensionElements></serviceTask>",
    '<subProcess xmlns="{0}" id="{2}"><documentation>x</documentation><startEvent id="{2}_s"/><endEvent id="{2}_t"/>'
    '<sequenceFlow id="{2}_i" sourceRef="{2}_s" targetRef="{2}_t"/></subProcess>',
    '<userTask xmlns="{0}" id="{2}">' + _LANED + "<multiInstanceLoopCharacteristics><loopDataInputRef>units"
    '</loopDataInputRef><loopDataOutputRef>units</loopDataOutputRef><inputDataItem id="{2}_it"/>'
    '<outputDataItem id="{2}_it"/></multiInstanceLoopCharacteristics></userTask>',
)
_GUARD = (
    '<x xmlns="{0}"><boundaryEvent id="{1}" attachedToRef="{2}" cancelActivity="{3}"><timerEventDefinition>'
    '<timeDate>remind_at</timeDate></timerEventDefinition></boundaryEvent><endEvent id="{1}_e"/>'
    '<sequenceFlow id="{1}_f" sourceRef="{1}" targetRef="{4}"/></x>'
)
_FORK = (
    '<x xmlns="{0}"><{3}Gateway id="{2}_f" default="{2}_1"/><{3}Gateway id="{2}_j"/><userTask id="{2}_b">'
    + _LANED
    + '</userTask><sequenceFlow id="{2}_1" sourceRef="{2}_f" targetRef="{4}"/>'
    '<sequenceFlow id="{2}_2" sourceRef="{2}_f" targetRef="{2}_b"><conditionExpression>outcome == \'no\''
    '</conditionExpression></sequenceFlow><sequenceFlow id="{2}_3" sourceRef="{4}" targetRef="{2}_j"/>'
    '<sequenceFlow id="{2}_4" sourceRef="{2}_b" targetRef="{2}_j"/></x>'
)
_FAMILIES = (
    ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"),
    ("userTask", "manualTask"),
    ("serviceTask", "businessRuleTask"),
)
_PLAUSIBLE: tuple[Mutation, ...] = (
    _weave, _weave, _weave, _guard, _guard, _fork, _fork, _kin, _end, _redirect, _switch, _reword, _delete, _double,
)  # fmt: skip
_STRUCTURAL: tuple[Mutation, ...] = (
    _delete, _delete, _double, _double, _swap, _move, _rename, _rename, _bare, _cross, _cross, _redirect, _redirect,
    _redirect, _reword, _condition, _insert, _insert, _insert, _switch, _nest, _swell, _property,
)  # fmt: skip


def _truncate(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def _flip(chance: random.Random, content: bytes) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 3, 30))):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _encode(chance: random.Random, content: bytes) -> bytes:
    """Another encoding than is said, or another said than it is."""
    text = content.decode()
    encoding = chance.choice(("utf-16", "utf-8-sig", "gb18030", "latin-1", "utf-7", "utf-32", "cp037"))
    told = text if chance.random() < 0.5 else re.sub(r"encoding='[^']*'", f"encoding='{encoding}'", text, count=1)
    return told.encode(encoding if chance.random() < 0.5 else "utf-8", "xmlcharrefreplace")


def _doctype(chance: random.Random, content: bytes) -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = chance.choice((
        f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]>', '<!DOCTYPE d SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]>', "<!DOCTYPE d>",
        '<!DOCTYPE d [<!ATTLIST d x CDATA "y">]>',
    ))  # fmt: skip
    spoilt = content.replace(b"?>\n", b"?>\n" + bomb.encode(), 1)
    return spoilt.replace(b' id="', b' id="&l9;', 1) if chance.random() < 0.5 else spoilt


def _insert_bytes(chance: random.Random, content: bytes) -> bytes:
    wrong = chance.choice((
        b"\x00", b"\xff\xfe", b"]]>", b"<![CDATA[x]]>", b"&amp;", b"&#0;", b"&#xD800;", b"<!--",
        b"<?xml version='1.1'?>",
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>', b"\xe4\xb8",
    ))  # fmt: skip
    place = chance.randrange(len(content))
    return content[:place] + wrong + content[place:]


def _swallow(chance: random.Random, content: bytes) -> bytes:
    one, other = sorted(chance.randrange(len(content)) for _ in range(2))
    return content[:one] + content[other:] + content[one:other]


_BYTES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _truncate, _flip, _flip, _encode, _encode, _doctype, _doctype, _insert_bytes, _insert_bytes, _swallow,
)  # fmt: skip
