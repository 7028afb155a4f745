"""The event log that is taken out: by the schema of XES, with people, links and times, as much as was asked."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

from lxml import etree
from sqlalchemy import select

from app.ledger.xes import Step, Trace
from app.models.process import ProcessInstance
from app.services import event_log
from app.services.event_log import ALL, Choice
from app.services.house import House
from tests import walks
from tests.ledger.test_xes import read, schema
from tests.services.december_report_walk import Walk


def traces_of(house: House, choice: Choice = ALL) -> list[Trace]:
    with house.database.reading() as session:
        return list(event_log.traces(house, session, choice))


def own(trace: Trace, element: str) -> Step:
    return next(step for step in trace.steps if step.element == element)


def test_an_event_log_names_the_elements_of_the_drawing(any_house: House) -> None:
    id_ = walks.walked(any_house, "linear")
    walks.walked(any_house, "mi_par")
    file = BytesIO()

    event_log.write_xes(any_house, file, Choice(instance_id=id_))

    schema("xes-1849-2016.xsd").assertValid(etree.fromstring(file.getvalue()))
    ((trace, *events),) = read(file.getvalue())
    assert trace["duban:instance"] == id_
    assert len(traces_of(any_house)) == 2
    assert [event["duban:type"] for event in (events[0], events[-1])] == ["startEvent", "endEvent"]
    assert {event["duban:type"] for event in events[1:-1]} == {"userTask"}


def test_a_report_tells_who_in_whose_name_since_when_and_what_followed_by_itself(house: House) -> None:
    walk = Walk(house).collect("miit", "sci")
    walk.on("2024-12-05").submit("sci")
    walk.on("2024-12-06").accept("sci")

    (trace,) = [one for one in traces_of(house) if one.key == "december_report_unit:2024:sci"]
    draft, review, recorded = (own(trace, element) for element in ("draft_report", "review_report", "record_report"))
    assert (draft.resource, draft.role, draft.group) == ("contact.sci", "承办单位联络员", "sci")
    assert (draft.opened_at or "9") < draft.at
    assert draft.due_on == "2024-12-24"
    assert review.outcome == "accepted"
    assert (recorded.resource, recorded.kind, recorded.seq) == (None, "serviceTask", review.seq)
    assert trace.parent_key == "december_report:2024"
    assert (trace.version, len(trace.hash), trace.unit, trace.year) == (1, 64, "sci", 2024)


def test_a_log_is_of_one_process_one_year_or_of_what_a_list_shows(house: House) -> None:
    Walk(house).collect("miit", "sci", "drc")
    listed = select(ProcessInstance.id).where(ProcessInstance.unit_id == "sci")

    of_units = traces_of(house, Choice(definition_key="december_report_unit"))
    assert {trace.definition for trace in of_units} == {"december_report_unit"}
    assert len(of_units) < len(traces_of(house))
    assert len(traces_of(house, Choice(definition_key="december_report_unit", year=2024))) == len(of_units)
    assert traces_of(house, Choice(year=1999)) == []
    assert {trace.unit for trace in traces_of(house, Choice(instances=listed))} == {"sci"}


def test_a_table_has_a_line_a_step_under_the_same_names(house: House) -> None:
    id_ = walks.walked(house, "linear")
    file = BytesIO()

    event_log.write_csv(house, file, Choice(instance_id=id_))

    lines = list(csv.DictReader(StringIO(file.getvalue().decode("utf-8-sig"))))
    ((_, *events),) = [read(_xes(house, id_))[0]]
    assert [line["duban:element"] for line in lines] == [event["duban:element"] for event in events]
    assert {line["case:concept:name"] for line in lines} == {"linear:0"}


def _xes(house: House, id_: str) -> bytes:
    file = BytesIO()
    event_log.write_xes(house, file, Choice(instance_id=id_))
    return file.getvalue()
