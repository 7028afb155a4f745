"""The papers of 政策推送: an enterprise's package, and the figures of a round."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from app import clock
from app.documents import policy_package
from app.duties.policy_push import reach, use_rate
from app.duties.quantity import plain
from app.errors import NotFound
from app.models.enterprise import Enterprise
from app.models.organization import OFFICE, Unit
from app.models.policy import PolicyPackage, PolicyRoundLine
from app.models.process import ProcessInstance
from app.queries.packages import lines_of, policy_round, states_of_round, tools_of
from app.queries.policies import NOTHING, SENT, Reach, lines_of_round, reach_of_round
from app.services.house import House
from app.services.policy_push.rows import policy_words


def package_paper(session: Session, package: PolicyPackage) -> bytes:
    """企业政策包, as it was sent. Raises NotFound before that."""
    if package.sent_at is None:
        raise NotFound("政策包尚未推送。")
    kept = [(line, policy_words(line)) for line in lines_of(session, package) if not line.drop_reason]
    return policy_package.render_package(
        policy_package.Package(
            agency=session.get_one(Unit, OFFICE).short_name,
            enterprise=session.get_one(Enterprise, package.enterprise_id).name,
            sent_on=clock.local(package.sent_at).date(),
            message=package.message,
            note=package.note,
            is_unconfirmed=package.is_unconfirmed,
            policies=tuple(
                policy_package.PackagePolicy(
                    words["title"],
                    words["benefit"],
                    words["closes"],
                    tuple(line.why) or ("面向全体企业",),
                    tuple(words["how"].splitlines()),
                )
                for line, words in kept
            ),
            tools=tuple((row.title, row.provider, row.contact) for row in tools_of(session, package)),
        )
    )


def reach_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """推送成效统计 as it stands today."""
    found_round = policy_round(session, instance.business_key.partition(":")[2])
    states = states_of_round(session, found_round.key)
    pushed, read = sum(states.get(state, 0) for state in SENT), states.get("read", 0)
    reached = reach_of_round(session, found_round.key)
    return policy_package.render_reach(
        policy_package.RoundReach(
            agency=session.get_one(Unit, OFFICE).short_name,
            subject=instance.title,
            as_of=clock.today(),
            pushed=pushed,
            read=read,
            reach=per_cent(reach(read, pushed)),
            policies=tuple(
                _reach(line, reached.get(line.policy_id, NOTHING)) for line in lines_of_round(session, found_round.key)
            ),
        )
    )


def per_cent(value: Decimal | None) -> str:
    return "" if value is None else f"{plain(value)}%"


def _reach(line: PolicyRoundLine, found: Reach) -> policy_package.PolicyReach:
    share = per_cent(use_rate(found.applied, found.pushed)) or "–"
    policy = line.policy
    return policy_package.PolicyReach(
        policy.title, policy.owner.short_name, found.pushed, found.read, found.applied, share
    )
