"""The paths of 会签 on its real diagram."""

from __future__ import annotations

from tests.workflows.walker import Walk

SIGNERS = {
    "signers": {"person:1": "person:1", "contact:sci": "contact:sci"},
    "is_settled": False,
    "subject_key": "task:1",
}


def signing() -> Walk:
    return Walk("joint_signing", SIGNERS)


def test_all_have_signed() -> None:
    walk = signing()
    assert walk.open == ["sign_jointly", "sign_jointly"]
    assert walk.timers == {}  # nobody's silence is an agreement

    walk.do("sign_jointly", is_settled=False).do("sign_jointly", is_settled=True)

    assert walk.is_over
    assert (walk.ends, walk.host.asked) == (["signing_settled"], ["settle_signing"])


def test_the_first_word_that_settles_it_closes_the_others() -> None:
    walk = signing().do("sign_jointly", is_settled=True)

    assert walk.is_over
    assert sorted(how for _element, how in walk.closed) == ["cancelled", "completed"]
    assert walk.ends == ["signing_settled"]


def test_all_have_spoken_and_it_was_not_settled_before() -> None:
    """The last one was removed."""
    walk = signing().do("sign_jointly", is_settled=False).do("sign_jointly", is_settled=False)

    assert walk.is_over
    assert walk.ends == ["signing_settled"]


def test_the_task_was_closed_by_its_process() -> None:
    walk = signing().do("sign_jointly", is_settled=False)
    assert walk.messages == {"subject_ended": "subject_dropped"}

    walk.deliver("subject_ended")

    assert walk.is_over
    assert (walk.ends, walk.host.asked) == (["signing_dropped"], ["drop_signing"])
