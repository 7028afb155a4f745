"""A returned report: only what the reviewer listed may change."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.duties.december_report import unlocked_fields
from app.duties.december_report_correction import FIELDS, FIXED_ROWS, FREE_ROWS
from tests.duties.december_reports import draft_errors, errors_of, make_facts, make_figure, make_report

FORMS = Path(__file__).parents[2] / "workflows" / "forms"


class TestCorrection:
    LOCKED = "该项未列入退回意见，不能修改"

    def correct(self, report: dict[str, Any], unlocked: list[str], **facts: Any) -> dict[str, str]:
        return draft_errors(report, unlocked=unlocked, submitted=make_report(), **facts)

    def test_only_the_listed_fields_may_change(self) -> None:
        changed = make_report(problems="本年存在的主要问题是企业数字化基础薄弱，专业人才短缺，融资成本仍然较高。")

        assert self.correct(changed, ["problems"]) == {}
        assert self.correct(changed, ["priorities"]) == {"problems": self.LOCKED}
        assert self.correct(make_report(figures=[{"no": 2, "value": 36, "nature": "actual"}]), ["problems"]) == {
            "figures": self.LOCKED
        }

    def test_a_locked_field_left_out_is_a_change(self) -> None:
        assert self.correct(make_report(measures=[]), ["problems"]) == {"measures": self.LOCKED}

    def test_the_same_said_otherwise_is_no_change(self) -> None:
        shown = {"name": "省级以上专精特新小巨人", "light": "正常", "value": Decimal("36.0"), "nature": "expected"}
        report = make_report(
            figures=[{"no": 2, "gap_reason": "", "as_of": None} | shown],
            problems=f" {make_report()['problems']}\r\n",
            cases=[],
            attachments=None,
        )

        assert self.correct(report, ["priorities"]) == {}

    def test_reordered_priorities_are_a_change_and_reordered_given_rows_are_not(self) -> None:
        first, second = ({"title": title, "content": "继续" * 20, "measure_no": 2} for title in ("甲项", "乙项"))
        rows = [{"no": 2, "value": 36}, {"no": 3, "value": 36}]
        facts = make_facts(
            figures=[make_figure(), make_figure(no=3)],
            unlocked=["problems"],
            submitted=make_report(priorities=[first, second], figures=rows),
        )

        report = make_report(priorities=[second, first], figures=rows[::-1])

        assert errors_of("draft_report", report, facts) == {"priorities": self.LOCKED}

    def test_what_is_locked_is_not_judged_anew(self) -> None:
        known = make_figure(counted=40)

        assert self.correct(make_report(), ["problems"], figures=[known]) == {}
        assert set(self.correct(make_report(), ["figures"], figures=[known])) == {"figures.0.change_reason"}

    def test_a_return_opens_the_fields_it_names_in_the_order_of_the_form(self) -> None:
        points = [{"field": "problems"}, {"field": "figures"}, {"field": "problems"}]

        assert unlocked_fields(points) == ["figures", "problems"]

    @given(unlocked=st.lists(st.sampled_from(FIELDS), unique=True))
    def test_an_unchanged_report_may_always_be_sent_again(self, unlocked: list[str]) -> None:
        assert self.correct(make_report(), unlocked) == {}

    def test_the_compared_columns_are_those_a_unit_writes_in_the_form(self) -> None:
        properties = json.loads((FORMS / "december_report.draft_report.json").read_text())["properties"]
        written = {name: field for name, field in properties.items() if not field.get("readOnly")}
        tables = {name: field for name, field in written.items() if field.get("x-widget") == "table"}

        assert set(written) == set(FIELDS)
        assert {name for name, field in tables.items() if field["x-rows"] == "fixed"} == set(FIXED_ROWS)
        for name, columns in {**FIXED_ROWS, **FREE_ROWS}.items():
            in_form = tables[name]["items"]["properties"].items()
            assert set(columns) == {column for column, part in in_form if not part.get("readOnly")}

    def test_the_reviewer_may_return_every_field_but_the_statement(self) -> None:
        points = json.loads((FORMS / "december_report.review_report.json").read_text())["properties"]["return_points"]

        named = [option["const"] for option in points["items"]["properties"]["field"]["oneOf"]]

        assert named == [field for field in FIELDS if field != "statement"]
