"""Four eyes on a new version: who proposes, who approves, and what is asked of a file before anybody sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.errors import AlreadyDone, InvalidForm, NotPermitted, RuleViolation
from app.models.deployment import DeployedVersion, Deployment
from app.models.event import ADMINISTRATION, EventPayload, EventRow
from app.models.process import ProcessDefinition
from app.queries import deployed
from app.queries.actor import SYSTEM
from app.services import bpmnlint, deployments
from app.services.audit import verify
from app.services.definition_checks import Finding, examine
from app.services.deployments import Outcome, UploadRefused
from app.services.house import House
from app.terms import EventType
from tests.factories import actor

ENGINE = Path(__file__).parents[1] / "engine"
WORKFLOWS = Path(__file__).parents[2] / "workflows"
LINEAR = (ENGINE / "valid_linear.bpmn").read_bytes()
DUTY = WORKFLOWS / "december_report_unit.bpmn"


def proposed(house: House, content: bytes = LINEAR, login: str = "system_admin") -> int:
    outcome = deployments.propose(house, actor(house, login), {"linear.bpmn": content}, "每季度一次")
    assert outcome.id is not None
    return outcome.id


def versions(house: House, key: str = "linear") -> list[int]:
    with house.database.reading() as session:
        found = select(ProcessDefinition.version).where(ProcessDefinition.key == key)
        return list(session.scalars(found.order_by(ProcessDefinition.version)))


def events(house: House, *types: EventType) -> list[tuple[str, str | None]]:
    with house.database.reading() as session:
        found = select(EventRow.type, EventRow.actor).where(EventRow.stream == ADMINISTRATION, EventRow.type.in_(types))
        return [tuple(row) for row in session.execute(found.order_by(EventRow.seq))]  # type: ignore[misc]


def findings_of(content: bytes, file: str = "x.bpmn") -> list[Finding]:
    (examined,) = examine({file: content})
    return list(examined.findings)


def test_what_one_proposes_another_approves(house: House) -> None:
    id_ = proposed(house)
    assert versions(house) == []

    outcome = deployments.approve(house, actor(house, "office"), id_)

    assert outcome == Outcome(id_, "published", (("linear", 1),), ())
    with house.database.reading() as session:
        found = deployed.version(session, "linear")
        assert found.deployment is not None
        assert (found.deployment.proposer.login, found.deployment.decider.login) == ("system_admin", "office")  # type: ignore[union-attr]
        assert found.deployment.remark == "每季度一次"
    assert events(house, EventType.DEPLOYMENT_PROPOSED, EventType.DEPLOYED)[-2:] == [
        (EventType.DEPLOYMENT_PROPOSED, "system_admin"),
        (EventType.DEPLOYED, "office"),
    ]
    assert verify(house).faults == ()


def test_nobody_approves_or_rejects_what_she_proposed(house: House) -> None:
    id_ = proposed(house)
    own = actor(house, "system_admin")

    with pytest.raises(NotPermitted, match="提交人"):
        deployments.approve(house, own, id_)
    with pytest.raises(NotPermitted, match="提交人"):
        deployments.reject(house, own, id_, "不妥")

    assert versions(house) == []


@pytest.mark.parametrize("login", ["contact.sci", "leader", "auditor", "security_admin", "audit_admin", "signer"])
def test_only_the_office_and_the_system_administrator_have_a_say(house: House, login: str) -> None:
    id_ = proposed(house)
    somebody = actor(house, login)

    with pytest.raises(NotPermitted):
        deployments.propose(house, somebody, {"linear.bpmn": LINEAR})
    with pytest.raises(NotPermitted):
        deployments.approve(house, somebody, id_)
    with pytest.raises(NotPermitted):
        deployments.reject(house, somebody, id_, "不妥")


def test_a_proposal_is_decided_once(house: House) -> None:
    id_ = proposed(house)
    deployments.reject(house, actor(house, "office"), id_, "名称不妥")

    with pytest.raises(AlreadyDone, match="周文博"):
        deployments.approve(house, actor(house, "office.drc"), id_)

    assert versions(house) == []
    assert events(house, EventType.DEPLOYMENT_REJECTED) == [(EventType.DEPLOYMENT_REJECTED, "office")]


def test_a_rejection_needs_its_reason(house: House) -> None:
    id_ = proposed(house)

    with pytest.raises(RuleViolation):
        deployments.reject(house, actor(house, "office"), id_, "  ")


def test_only_who_proposed_withdraws(house: House) -> None:
    id_ = proposed(house)

    with pytest.raises(NotPermitted):
        deployments.withdraw(house, actor(house, "office"), id_)
    deployments.withdraw(house, actor(house, "system_admin"), id_)

    with pytest.raises(AlreadyDone):
        deployments.approve(house, actor(house, "office"), id_)
    assert events(house, EventType.DEPLOYMENT_WITHDRAWN) == [(EventType.DEPLOYMENT_WITHDRAWN, "system_admin")]


def test_the_same_file_again_is_unchanged_whatever_it_is_called(house: House) -> None:
    deployments.approve(house, actor(house, "office"), proposed(house))

    again = deployments.propose(house, actor(house, "system_admin"), {"linear (1).bpmn": LINEAR})

    assert (again.id, again.status, again.versions) == (None, "unchanged", (("linear", 1),))
    assert versions(house) == [1]


def test_a_second_click_proposes_nothing_twice(house: House) -> None:
    assert proposed(house) == proposed(house)


def test_two_proposals_of_one_process_become_two_versions_in_the_order_of_their_approval(house: House) -> None:
    first, second = proposed(house), proposed(house, LINEAR.replace(b'name="a"', b'name="A"'))
    office = actor(house, "office")

    assert deployments.approve(house, office, second).versions == (("linear", 1),)
    assert deployments.approve(house, office, first).versions == (("linear", 2),)


def test_programs_publish_at_once_unless_the_house_asks_for_two_everywhere(house: House) -> None:
    office = actor(house, "office")
    assert deployments.submit(house, office, {"linear.bpmn": LINEAR}).status == "published"
    object.__setattr__(house.settings, "needs_two_everywhere", True)

    changed = {"linear.bpmn": LINEAR.replace(b'name="a"', b'name="A"')}

    assert deployments.submit(house, office, changed).status == "proposed"
    assert versions(house) == [1]
    assert deployments.submit(house, SYSTEM, changed).status == "published"
    assert versions(house) == [1, 2]


def test_one_bad_file_refuses_all_and_nothing_is_kept(house: House) -> None:
    files = {"linear.bpmn": LINEAR, "bad.bpmn": (ENGINE / "invalid_order_y.bpmn").read_bytes()}

    with pytest.raises(UploadRefused) as refused:
        deployments.propose(house, actor(house, "office"), files)

    (problem,) = refused.value.extra["problems"]
    assert (problem["file"], problem["element_id"]) == ("bad.bpmn", "g")
    assert problem["line"] > 0
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Deployment)) == 0
        assert session.scalar(select(func.count()).select_from(DeployedVersion)) == 0


def test_two_files_of_one_process_refuse_each_other(house: House) -> None:
    with pytest.raises(UploadRefused, match="2 处"):
        deployments.propose(house, actor(house, "office"), {"a.bpmn": LINEAR, "b.bpmn": LINEAR + b"\n"})


def test_the_event_of_a_proposal_tells_what_it_is_about(house: House) -> None:
    proposed(house)

    with house.database.reading() as session:
        of_type = select(EventPayload.body).join(
            EventRow, (EventRow.stream == EventPayload.stream) & (EventRow.seq == EventPayload.seq)
        )
        body = session.scalars(of_type.where(EventRow.type == EventType.DEPLOYMENT_PROPOSED.value)).one()
    assert "每季度一次" in body
    assert "linear" in body


# --- the checks ---


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.bpmn")), ids=lambda file: file.stem)
def test_the_houses_own_processes_pass_every_check(file: Path) -> None:
    assert [finding for finding in findings_of(file.read_bytes(), file.name) if finding.level == "error"] == []


def test_a_duty_without_a_form_an_action_or_a_due_rule_for_its_drawing_is_refused() -> None:
    text = DUTY.read_text("utf-8")
    text = text.replace('"name_successor"', '"choose_successor"').replace(">name_successor<", ">choose_successor<")
    text = text.replace('id="december_report_unit.set_correction"', 'id="december_report_unit.correct"')
    text = text.replace(">escalate_at<", ">someday<")

    errors = {finding.element_id: finding for finding in findings_of(text.encode()) if finding.level == "error"}

    assert set(errors) == {"choose_successor", "set_correction", "report_overdue"}
    assert all(finding.check == "casework" and finding.line > 0 for finding in errors.values())


def test_a_gateway_that_asks_for_an_outcome_no_form_offers_is_told() -> None:
    text = DUTY.read_text("utf-8").replace('outcome == "accepted"', 'outcome == "approved"')

    found = {finding.element_id: finding for finding in findings_of(text.encode()) if finding.check == "casework"}

    assert found["is_report_accepted_yes"].level == "warning"
    assert "approved" in found["is_report_accepted_yes"].text


def test_an_uploaded_process_is_told_that_nobody_does_its_service_tasks() -> None:
    found = [finding for finding in findings_of((ENGINE / "valid_service.bpmn").read_bytes()) if finding.line]

    assert ("warning", "casework") in {(finding.level, finding.check) for finding in found}


def test_names_that_are_not_chinese_are_told_with_their_element() -> None:
    found = {(finding.element_id, finding.text) for finding in findings_of(LINEAR)}

    assert ("a", "名称应使用中文。") in found
    assert ("", "没有画在图上。") in found


def test_without_node_the_check_of_the_drawing_is_left_out_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bpmnlint, "SCRIPT", Path("/nowhere/bpmnlint.mjs"))
    bpmnlint.lint.cache_clear()

    found = [finding for finding in findings_of(LINEAR) if finding.check == "drawing"]

    assert [(finding.level, finding.text) for finding in found] == [("warning", "未做 bpmnlint 检查。")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"PK\x03\x04" + b"\0" * 60, "压缩包"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
        (b"<!DOCTYPE a SYSTEM 'http://example.org/a.dtd'><a/>", "DOCTYPE"),
        (b" " * (2 << 20) + b"<a/>", "2 MB"),
        ("<a name='流程'/>".encode("gb18030"), "UTF-8"),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"), "UTF-8"),
        (b"", "XML"),
        (b"\x00\x01\x02", "XML"),
        (b"<a>" * 100_000, "XML"),
    ],
)
def test_hostile_bytes_get_a_clear_answer(content: bytes, text: str) -> None:
    found = findings_of(content)

    assert any(text in finding.text for finding in found), found
    assert all(finding.level == "error" for finding in found)


def test_file_names_lose_their_folders_and_what_nobody_sees() -> None:
    found = deployments.uploaded([("../../etc/a.bpmn", b"1"), ("C:\\x\\b\x00.bpmn", b"2"), ("/", b"3")])

    assert found == {"a.bpmn": b"1", "b.bpmn": b"2", "unnamed.bpmn": b"3"}


@pytest.mark.parametrize("files", [[], [("a.bpmn", b"1"), ("x/a.bpmn", b"2")], [(f"{n}.bpmn", b"") for n in range(51)]])
def test_no_file_two_of_one_name_or_too_many_are_refused(files: list[tuple[str, bytes]]) -> None:
    with pytest.raises(InvalidForm):
        deployments.uploaded(files)


def long_row(length: int) -> bytes:
    """A process of so many user tasks, one after another."""
    task = '<userTask id="t{0}" name="办理"><extensionElements><s:properties><s:property name="lane" value="领导小组"/>'
    task += '</s:properties></extensionElements></userTask><sequenceFlow id="f{0}" sourceRef="t{0}" targetRef="{1}"/>'
    body = "".join(task.format(n, f"t{n + 1}" if n < length - 1 else "e") for n in range(length))
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t" '
    head += 'xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"><process id="long" isExecutable="true">'
    ends = '<startEvent id="s"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="t0"/>'
    return f"{head}{ends}{body}</process></definitions>".encode()


def test_a_long_process_is_checked_within_its_bounds() -> None:
    assert [finding for finding in findings_of(long_row(280)) if finding.level == "error"] == []


def test_a_process_of_a_thousand_elements_is_refused_with_the_reason() -> None:
    (finding,) = findings_of(long_row(1000))

    assert (finding.level, finding.element_id) == ("error", "long")
    assert "300" in finding.text
