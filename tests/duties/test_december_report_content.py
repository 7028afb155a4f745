"""What a report must hold, what repeats last year's, and how several units' texts are merged."""

from hypothesis import given
from hypothesis import strategies as st

from app.duties.december_report import completeness, is_repeated, merge_measure


class TestContent:
    FULL = {"figures": [{"no": 2, "value": 0}], "measures": [], "priorities": [{}], "statement": True}

    def test_nought_is_a_figure_and_a_full_report_lacks_nothing(self) -> None:
        assert completeness("department", self.FULL) == []

    def test_all_that_is_missing_is_named_in_the_order_of_the_form(self) -> None:
        rows = {
            "figures": [{"no": 2, "value": None}],
            "measures": [{"no": 5, "lead": True, "contribution": "x"}, {"no": 6, "lead": False, "result": "x"}],
            "priorities": [],
            "statement": False,
        }

        assert [missing.text for missing in completeness("department", rows)] == [
            "请填写第2项指标的完成值",
            "请填写重点任务5的推进成效",
            "请填写重点任务6的承担工作情况",
            "请至少填写一项下一年工作重点",
            "请确认本单位对所报数据真实性负责",
        ]

    def test_a_locality_answers_by_action(self) -> None:
        rows = self.FULL | {"measures": [{"no": 3, "lead": True}]}

        (missing,) = completeness("locality", rows)

        assert (missing.text, missing.field, missing.no, missing.column) == (
            "请填写行动3的推进成效",
            "measures",
            3,
            "result",
        )

    def test_the_lead_comes_first_and_a_silent_unit_is_named(self) -> None:
        lead = {"unit": "miit", "name": "市工信局", "text": "新增36家"}
        others = [
            {"unit": "drc", "name": "市发改委", "text": None},
            {"unit": "sci", "name": "市科技局", "text": "联动"},
        ]

        passages = merge_measure(lead, others)

        assert [(passage.name, passage.text) for passage in passages] == [
            ("市工信局", "新增36家"),
            ("市发改委", "未反馈"),
            ("市科技局", "联动"),
        ]
        assert [passage.is_missing for passage in passages] == [False, True, False]

    def test_nine_tenths_alike_is_a_repetition_and_less_is_not(self) -> None:
        last = "甲" * 90 + "乙" * 10

        assert is_repeated("甲" * 90 + "丙" * 10, last)
        assert not is_repeated("甲" * 89 + "丙" * 11, last)
        assert is_repeated(" 甲\n" * 90 + "乙" * 10, last)

    def test_nothing_repeats_nothing(self) -> None:
        assert not is_repeated("", "")
        assert not is_repeated("甲", "")

    @given(text=st.text("甲乙丙丁", min_size=1, max_size=60))
    def test_the_same_text_is_always_a_repetition(self, text: str) -> None:
        assert is_repeated(text, text)
