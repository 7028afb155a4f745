"""Who may open what: one table over all routes. A route without a row opens for nobody.

The table says which roles reach a screen at all. Whether a person may see or do something to one object on it, her
unit's and not another's, is for the query and the service; `scope` says what they hold to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import structlog
from flask import Flask, g, request

from app.errors import NotPermitted, NotSignedIn
from app.queries.actor import OUTSIDERS, READERS, Actor
from app.terms import Role

log = structlog.get_logger(__name__)


class Audience(Enum):
    PUBLIC = "everybody, signed in or not"
    ANY = "everybody who is signed in"


PUBLIC, ANY = Audience.PUBLIC, Audience.ANY
SYSTEM = frozenset({Role.SYSTEM_ADMIN})
SECURITY = frozenset({Role.SECURITY_ADMIN})
SYSTEM_OR_SECURITY = SYSTEM | SECURITY
AUDIT_OR_SECURITY = frozenset({Role.AUDIT_ADMIN, Role.SECURITY_ADMIN})
OFFICE = frozenset({Role.OFFICE})
OFFICE_OR_SYSTEM = OFFICE | SYSTEM
WORKERS = frozenset({Role.CONTACT, Role.UNIT_HEAD, Role.OFFICE, Role.OFFICE_SIGNER, Role.LEADER})
ENTERPRISE = frozenset({Role.ENTERPRISE})
DOERS = WORKERS | OUTSIDERS
INSIDERS = WORKERS | READERS
LIBRARY = INSIDERS | {Role.SPECIALIST}
KEEPERS = frozenset({Role.CONTACT, Role.UNIT_HEAD, Role.OFFICE})  # of the libraries of policies and services


@dataclass(frozen=True)
class Rule:
    """audience: Audience or the roles of which one is needed. scope: which objects such a person reaches."""

    audience: Audience | frozenset[Role]
    scope: str

    def admits(self, actor: Actor | None) -> bool:
        if self.audience is PUBLIC:
            return True
        if actor is None:
            return False
        return self.audience is ANY or actor.has(*self.audience)  # type: ignore[misc]


POLICY: Mapping[str, Rule] = {
    "static": Rule(PUBLIC, "built files; nothing personal"),
    "login.page": Rule(PUBLIC, "the form; demonstration accounts in a demonstration only"),
    "login.sign_in": Rule(PUBLIC, "five failures lock an account, twenty an address"),
    "login.sign_out": Rule(ANY, "one's own session"),
    "home.page": Rule(ANY, "leads to one's own first screen"),
    "inbox.page": Rule(DOERS, "one's own inboxes, without the matters of one's own unit that one may not review"),
    "inbox.copies": Rule(INSIDERS, "what one was sent a copy of"),
    "inbox.handed_on": Rule(WORKERS, "matters of one's own units, and those one has acted in"),
    "inbox.done": Rule(DOERS, "what one has completed oneself"),
    "inbox.started": Rule(DOERS, "what one has started oneself"),
    "own_lists.filters": Rule(DOERS, "one's own saved filters"),
    "own_lists.save": Rule(DOERS, "one's own saved filters"),
    "own_lists.change": Rule(DOERS, "one's own saved filters"),
    "own_lists.remove": Rule(DOERS, "one's own saved filters"),
    "own_lists.columns": Rule(DOERS, "the columns of one's own lists"),
    "own_lists.set_columns": Rule(DOERS, "the columns of one's own lists"),
    "batch.act": Rule(DOERS, "user tasks one may act on"),
    "batch.agree": Rule(DOERS, "user tasks one may act on"),
    "tasks.page": Rule(ANY, "a user task one may see"),
    "handling_sheet.word_file": Rule(ANY, "a user task one may see"),
    "tasks.complete": Rule(DOERS, "a user task one may act on"),
    "tasks.save_draft": Rule(DOERS, "a user task one may act on"),
    "tasks.claim": Rule(DOERS, "a user task one may act on"),
    "tasks.unclaim": Rule(DOERS, "a user task one may act on"),
    "tasks.send_back": Rule(DOERS, "a user task one may act on"),
    "tasks.hand_over": Rule(WORKERS, "a user task one may see"),
    "tasks.transfer": Rule(WORKERS, "a user task one may act on, to a colleague"),
    "tasks.delegate": Rule(WORKERS, "a user task one may act on, to a colleague"),
    "tasks.hand_back": Rule(DOERS, "a user task that was delegated to one"),
    "tasks.take_back": Rule(WORKERS, "a user task one has delegated"),
    "tasks.copy_to": Rule(WORKERS, "a user task one may see, to officials"),
    "signing.page": Rule(WORKERS, "a user task one may see"),
    "signing.add": Rule(WORKERS, "a user task one may act on; signers are officials, or contacts of a unit"),
    "signing.remove": Rule(WORKERS, "a user task one may act on"),
    "signing.urge": Rule(WORKERS, "signers of a user task one may act on"),
    "signing.named": Rule(WORKERS, "who sees a user task that one may see"),
    "tasks.comment": Rule(WORKERS, "a user task one may see"),
    "tasks.compare": Rule(DOERS, "a user task one may see"),
    "tasks.withdraw": Rule(WORKERS, "an instance about one's own unit"),
    "attachments.upload": Rule(DOERS, "a user task one may act on"),
    "attachments.download": Rule(ANY, "files of an instance one may see"),
    "attachments.preview": Rule(ANY, "files of an instance one may see"),
    "attachments.content": Rule(ANY, "files of an instance one may see"),
    "attachments.remove": Rule(DOERS, "one's own files of an open user task"),
    "diagrams.source": Rule(INSIDERS, "versions of which one may see an instance"),
    "notifications.page": Rule(ANY, "one's own messages"),
    "notifications.read": Rule(ANY, "one's own messages"),
    "notifications.read_all": Rule(ANY, "one's own messages"),
    "api_documentation.document": Rule(PUBLIC, "what there is to call; nothing of anybody"),
    "api_documentation.page": Rule(PUBLIC, "what there is to call; nothing of anybody"),
    "api_documentation.swagger_ui": Rule(PUBLIC, "files of the library"),
    "operations.healthz": Rule(PUBLIC, "that the process answers"),
    "operations.readyz": Rule(PUBLIC, "that the database answers"),
    "operations.metrics": Rule(PUBLIC, "figures of the house, nothing of anybody"),
    "api.process_definitions.list_process_definitions": Rule(ANY, "all versions"),
    "api.process_definitions.get_process_definition_xml": Rule(ANY, "all versions"),
    "api.process_definitions.create_deployment": Rule(OFFICE_OR_SYSTEM, "all processes"),
    "api.process_instances.start_process_instance": Rule(DOERS, "the office all; others what the duty lets them open"),
    "api.process_instances.list_process_instances": Rule(ANY, "instances one may see"),
    "api.process_instances.get_process_instance": Rule(ANY, "an instance one may see"),
    "api.process_instances.list_process_instance_events": Rule(INSIDERS, "an instance one may see"),
    "api.process_instances.get_process_instance_diagram": Rule(INSIDERS, "an instance one may see"),
    "api.process_instances.cancel_process_instance": Rule(OFFICE, "all instances"),
    "api.process_instances.migrate_process_instance": Rule(OFFICE_OR_SYSTEM, "all instances"),
    "api.process_instances.reverse_process_instance_migration": Rule(OFFICE_OR_SYSTEM, "all instances"),
    "api.process_instances.deliver_message": Rule(OFFICE, "all instances that wait"),
    "api.user_tasks.list_user_tasks": Rule(ANY, "user tasks one may see"),
    "api.user_tasks.get_user_task": Rule(ANY, "a user task one may see"),
    "api.user_tasks.claim_user_task": Rule(ANY, "a user task one may act on"),
    "api.user_tasks.unclaim_user_task": Rule(ANY, "a user task one may act on"),
    "api.user_tasks.transfer_user_task": Rule(ANY, "a user task one may act on, to a colleague"),
    "api.user_tasks.delegate_user_task": Rule(ANY, "a user task one may act on, to a colleague"),
    "api.user_tasks.end_delegation": Rule(ANY, "a user task one has delegated, or was delegated"),
    "api.user_tasks.copy_user_task": Rule(WORKERS, "a user task one may see, to officials"),
    "api.user_tasks.complete_user_task": Rule(ANY, "a user task one may act on"),
    "api.user_tasks.return_user_task": Rule(ANY, "a user task one may act on"),
    "api.user_task_signing.list_signers": Rule(INSIDERS, "a user task one may see"),
    "api.user_task_signing.add_signers": Rule(WORKERS, "a user task one may act on"),
    "api.user_task_signing.remove_signer": Rule(WORKERS, "a user task one may act on"),
    "api.user_task_signing.urge_signers": Rule(WORKERS, "signers of a user task one may act on"),
    "api.user_task_signing.list_returns": Rule(WORKERS, "a user task one may see"),
    "api.user_task_signing.comment_on_user_task": Rule(WORKERS, "a user task one may see"),
    "api.user_tasks.withdraw_user_task": Rule(ANY, "an instance about one's own unit"),
    "api.user_tasks.urge_user_task": Rule(OFFICE, "all open user tasks"),
    "api.user_tasks.save_user_task_draft": Rule(ANY, "a user task one may act on"),
    "api.inbox.handle_user_tasks": Rule(ANY, "user tasks one may act on"),
    "api.inbox.list_saved_filters": Rule(ANY, "one's own saved filters"),
    "api.inbox.save_filter": Rule(ANY, "one's own saved filters"),
    "api.inbox.change_saved_filter": Rule(ANY, "one's own saved filters"),
    "api.inbox.remove_saved_filter": Rule(ANY, "one's own saved filters"),
    "api.incidents.list_incidents": Rule(OFFICE_OR_SYSTEM, "all incidents"),
    "api.incidents.get_incident": Rule(OFFICE_OR_SYSTEM, "all incidents; variables only for those who read all"),
    "api.incidents.retry_incident": Rule(OFFICE_OR_SYSTEM, "all open incidents"),
    "api.incidents.retry_incidents": Rule(OFFICE_OR_SYSTEM, "all open incidents of one element of one version"),
    "api.incidents.repair_incident": Rule(OFFICE_OR_SYSTEM, "instances whose stored state is damaged"),
    "api.incidents.skip_incident": Rule(OFFICE_OR_SYSTEM, "open incidents of what can be left undone"),
    "api.plans.list_plans": Rule(ANY, "the plan as it was issued"),
    "api.plans.list_indicators": Rule(ANY, "the plan as it was issued"),
    "api.plans.get_indicator_progress": Rule(ANY, "an indicator one's unit takes part in; readers all"),
    "api.plans.list_measures": Rule(ANY, "the plan as it was issued"),
    "api.plans.list_units": Rule(ANY, "all units"),
    "api.recognition.list_recognition_rules": Rule(INSIDERS, "all rule sets in use"),
    "api.recognition.evaluate_recognition": Rule(INSIDERS, "the figures that are sent; nothing is read or stored"),
    "api.applications.list_recognition_batches": Rule(ANY, "that there are batches"),
    "api.applications.apply_for_recognition": Rule(frozenset({Role.ENTERPRISE}), "one's own enterprise"),
    "api.applications.withdraw_application": Rule(frozenset({Role.ENTERPRISE}), "one's own application"),
    "api.applications.get_evaluation": Rule(ANY, "an enterprise whose whole file one may see; an enterprise its own"),
    "api.applications.list_notices": Rule(ANY, "what was published"),
    "api.applications.object_to_notice": Rule(
        OFFICE | {Role.CONTACT, Role.UNIT_HEAD, Role.ENTERPRISE}, "bureau, office, enterprises"
    ),
    "api.policies.list_policies": Rule(ANY, "all policies"),
    "api.policies.get_policy": Rule(ANY, "all policies"),
    "api.policies.get_policy_package": Rule(
        INSIDERS | OUTSIDERS, "an enterprise's own; its specialist's, its locality's"
    ),
    "api.demands.list_demands": Rule(ANY, "one's own, those of one's unit, of the enterprises one serves; readers all"),
    "api.demands.raise_demand": Rule(KEEPERS | {Role.SPECIALIST, Role.ENTERPRISE}, "enterprises one may see"),
    "api.demands.get_demand": Rule(ANY, "a demand one may see"),
    "api.demands.withdraw_demand": Rule(ENTERPRISE, "demands of one's own enterprise"),
    "api.demands.get_specialist_coverage": Rule(INSIDERS, "one's own locality; readers the whole city"),
    "api.supervision.get_supervision_board": Rule(READERS, "all units"),
    "api.supervision.list_overdue_user_tasks": Rule(READERS, "all units"),
    "api.audit.list_audit_events": Rule(READERS | {Role.AUDIT_ADMIN}, "seals of all events, nothing they say"),
    "assessments.page": Rule(INSIDERS, "leads to the last year"),
    "assessments.year_page": Rule(INSIDERS, "one's unit's own score until the year is approved; readers all"),
    "assessments.one": Rule(INSIDERS, "one's unit's own score until the year is approved; readers all"),
    "assessments.sheet": Rule(INSIDERS, "one's unit's own score until the year is approved; readers all"),
    "assessments.bulletin": Rule(INSIDERS, "once it was published"),
    "orders.page": Rule(INSIDERS, "orders that one's unit was sent; readers all"),
    "orders.ledger": Rule(INSIDERS, "orders that one's unit was sent; readers all"),
    "orders.one": Rule(INSIDERS, "orders that one's unit was sent; readers all"),
    "orders.new": Rule(OFFICE, "all units"),
    "orders.open_order": Rule(OFFICE, "all units"),
    "orders.order_late": Rule(OFFICE, "all late user tasks of units"),
    "orders.word_file": Rule(INSIDERS, "orders that one's unit was sent; readers all"),
    "orders.pdf": Rule(INSIDERS, "orders that one's unit was sent; readers all"),
    "orders.print_view": Rule(INSIDERS, "orders that one's unit was sent; readers all"),
    "extensions.answer_paper": Rule(INSIDERS, "an answer about a user task one may see"),
    "extensions.ask": Rule(frozenset({Role.CONTACT, Role.UNIT_HEAD}), "an open user task of one's own unit"),
    "api.user_tasks.ask_extension": Rule(frozenset({Role.CONTACT, Role.UNIT_HEAD}), "an open task of one's own unit"),
    "board.page": Rule(READERS, "all units"),
    "board.ledger": Rule(READERS, "all units"),
    "task_ledger.page": Rule(INSIDERS, "tasks of one's own units; readers all"),
    "task_ledger.sheet": Rule(INSIDERS, "tasks of one's own units; readers all"),
    "due_calendar.page": Rule(DOERS | READERS, "tasks of one's own units and inboxes; readers all"),
    "due_calendar.day": Rule(DOERS | READERS, "tasks of one's own units and inboxes; readers all"),
    "due_calendar.file": Rule(DOERS | READERS, "tasks of one's own units and inboxes; readers all"),
    "urging.urge": Rule(OFFICE, "all open user tasks"),
    "urging.urge_one": Rule(OFFICE, "all open user tasks"),
    "urging.issue_letter": Rule(OFFICE, "all late user tasks"),
    "urging.letter": Rule(READERS, "all letters that were issued"),
    "title_updates.page": Rule(KEEPERS, "lapsed updates of one's own locality; all for the bureau and the office"),
    "title_updates.one": Rule(KEEPERS, "a lapsed update of one's own locality; all for the bureau and the office"),
    "title_updates.enter": Rule(KEEPERS, "a lapsed update of one's own locality"),
    "title_updates.restore": Rule(KEEPERS, "all lapsed updates, for the bureau and the office"),
    "campaigns.page": Rule(READERS, "all campaigns"),
    "campaigns.one": Rule(READERS, "all campaigns"),
    "campaigns.paper": Rule(READERS, "all papers of campaigns"),
    "campaigns.open_campaign": Rule(OFFICE, "all duties"),
    "campaigns.close_collection": Rule(OFFICE, "all campaigns that collect"),
    "campaigns.cancel": Rule(OFFICE, "all campaigns"),
    "portal.page": Rule(ENTERPRISE, "one's own enterprise"),
    "portal.apply": Rule(ENTERPRISE, "one's own enterprise, in a batch that is open"),
    "portal.withdraw_application": Rule(ENTERPRISE, "one's own enterprise's applications"),
    "portal.library": Rule(ENTERPRISE, "one's own enterprise"),
    "portal.apply_for_library": Rule(ENTERPRISE, "one's own enterprise"),
    "portal.answer_consent": Rule(ENTERPRISE, "nominations of one's own enterprise"),
    "portal.change": Rule(ENTERPRISE, "one's own enterprise"),
    "portal.report_change": Rule(ENTERPRISE, "one's own enterprise"),
    "activities.page": Rule(ENTERPRISE, "activities that are open or to which one's own enterprise is invited"),
    "activities.register": Rule(ENTERPRISE, "one's own enterprise, where it is invited or anybody may come"),
    "activities.withdraw": Rule(ENTERPRISE, "one's own enterprise's registrations"),
    "activities.rate": Rule(ENTERPRISE, "activities one's own enterprise was at"),
    "service_months.page": Rule(INSIDERS, "all activities; they are published"),
    "service_months.activity": Rule(INSIDERS, "all activities; who comes, for the organiser and readers"),
    "service_months.cancel": Rule(WORKERS, "activities of one's own unit; the office all"),
    "service_months.mark_unreported": Rule(OFFICE, "activities whose report is five working days late"),
    "cockpit.page": Rule(READERS, "all indicators and localities"),
    "analysis.page": Rule(READERS, "all indicators, localities and units"),
    "indicators.one": Rule(ANY, "the plan as it was issued; figures of an indicator one's unit takes part in"),
    "indicators.record": Rule(OFFICE, "all indicators"),
    "library.page": Rule(INSIDERS, "the city for departments and readers, a locality its own"),
    "library.open_list": Rule(WORKERS, "the office for all localities, a contact for her own"),
    "library.take_over": Rule(WORKERS, "a yearly check whose locality is silent, by the bureau"),
    "library.of_indicator": Rule(INSIDERS, "indicators one's unit takes part in; enterprises one may see"),
    "library.of_commitment": Rule(INSIDERS, "the number for officials; enterprises one may see"),
    "library.selection": Rule(INSIDERS, "the whole list for departments and readers, a locality its own"),
    "library.drop_plan": Rule(OFFICE, "all growth plans"),
    "plan.page": Rule(ANY, "the plan as it was issued"),
    "plan.measure": Rule(ANY, "the plan as it was issued"),
    "plan.indicators": Rule(ANY, "the plan as it was issued"),
    "plan.matters": Rule(ANY, "the plan as it was issued"),
    "plan.matter": Rule(ANY, "the plan as it was issued"),
    "plan.discrepancies": Rule(ANY, "the plan's contradictions, and how they were settled"),
    "plan.calendar": Rule(ANY, "the plan's days"),
    "search.page": Rule(INSIDERS, "instances one may see, and the plan"),
    "plan.search": Rule(ANY, "the plan as it was issued"),
    "password.page": Rule(ANY, "one's own password"),
    "password.change": Rule(ANY, "one's own password"),
    "settings.page": Rule(ANY, "one's own account"),
    "settings.prefer": Rule(ANY, "one's own account"),
    "settings.substitute": Rule(ANY, "one's own absence, by a colleague of the unit"),
    "settings.end_substitution": Rule(ANY, "one's own absence"),
    "settings.end_sessions": Rule(ANY, "one's own sessions"),
    "settings.create_token": Rule(ANY, "one's own tokens"),
    "settings.revoke_token": Rule(ANY, "one's own tokens"),
    "people.page": Rule(SYSTEM_OR_SECURITY, "all people"),
    "people.one": Rule(SYSTEM_OR_SECURITY, "all people"),
    "people.new": Rule(SYSTEM, "all units"),
    "people.add": Rule(SYSTEM, "all units"),
    "people.set_roles": Rule(SECURITY, "everybody but oneself"),
    "people.lock": Rule(SYSTEM_OR_SECURITY, "everybody but oneself"),
    "people.unlock": Rule(SYSTEM_OR_SECURITY, "everybody but oneself"),
    "people.reset_password": Rule(SYSTEM, "everybody but oneself"),
    "units.page": Rule(SYSTEM, "all units"),
    "units.one": Rule(SYSTEM, "all units"),
    "units.rename": Rule(SYSTEM, "all units in service"),
    "units.set_functions": Rule(SYSTEM, "all departments in service"),
    "units.merge": Rule(SYSTEM, "all units in service but the group and its office"),
    "histories.page": Rule(READERS | {Role.CONTACT, Role.UNIT_HEAD}, "instances one may see"),
    "histories.one": Rule(INSIDERS, "an instance one may see"),
    "histories.form": Rule(INSIDERS, "an instance one may see"),
    "histories.bundle": Rule(READERS, "all instances"),
    "histories.event_log": Rule(READERS, "all instances"),
    "histories.verification": Rule(READERS | {Role.AUDIT_ADMIN}, "seals of all events, nothing they say"),
    "incidents.page": Rule(OFFICE_OR_SYSTEM, "all incidents; what was typed only for those who read all"),
    "incidents.one": Rule(OFFICE_OR_SYSTEM, "all incidents; what was typed only for those who read all"),
    "incidents.retry": Rule(OFFICE_OR_SYSTEM, "all open incidents"),
    "incidents.retry_alike": Rule(OFFICE_OR_SYSTEM, "all open incidents of one element of one version"),
    "incidents.repair": Rule(OFFICE_OR_SYSTEM, "instances whose stored state is damaged"),
    "incidents.skip": Rule(OFFICE_OR_SYSTEM, "open incidents of what can be left undone"),
    "incidents.assign": Rule(OFFICE, "user tasks for which there is nobody"),
    "incidents.cancel": Rule(OFFICE, "instances with an open incident"),
    "migrations.page": Rule(OFFICE_OR_SYSTEM, "all instances"),
    "migrations.plan": Rule(OFFICE_OR_SYSTEM, "all instances"),
    "migrations.run": Rule(OFFICE_OR_SYSTEM, "all instances"),
    "migrations.undo": Rule(OFFICE_OR_SYSTEM, "all instances"),
    "definitions.page": Rule(READERS | SYSTEM, "all processes"),
    "definitions.process": Rule(READERS | SYSTEM, "all processes"),
    "definitions.version": Rule(READERS | SYSTEM, "all versions"),
    "definitions.source": Rule(READERS | SYSTEM, "all versions"),
    "definitions.difference": Rule(READERS | SYSTEM, "all versions"),
    "deployments.page": Rule(READERS | SYSTEM, "all uploads"),
    "deployments.one": Rule(READERS | SYSTEM, "all uploads"),
    "deployments.source": Rule(READERS | SYSTEM, "all uploads"),
    "deployments.new": Rule(OFFICE_OR_SYSTEM, "all processes"),
    "deployments.create": Rule(OFFICE_OR_SYSTEM, "all processes"),
    "deployments.approve": Rule(OFFICE_OR_SYSTEM, "what another person proposed"),
    "deployments.reject": Rule(OFFICE_OR_SYSTEM, "what another person proposed"),
    "deployments.withdraw": Rule(OFFICE_OR_SYSTEM, "what one has proposed oneself"),
    "recognition.page": Rule(INSIDERS, "that there was a batch; numbers for the bureau and the readers of everything"),
    "recognition.open_batch": Rule(OFFICE | {Role.CONTACT}, "the bureau of the level, and the office"),
    "recognition.one": Rule(INSIDERS, "a batch of one's own bureau; a locality its own enterprises, without scores"),
    "recognition.paper": Rule(INSIDERS, "papers of a batch that one sees whole"),
    "evaluations.one": Rule(ANY, "an enterprise whose whole file one may see; an enterprise its own"),
    "notices.page": Rule(ANY, "what was published"),
    "notices.one": Rule(ANY, "what was published; objections for the bureau, one's own, and who objected for nobody"),
    "notices.object_to": Rule(OFFICE | {Role.CONTACT, Role.UNIT_HEAD, Role.ENTERPRISE}, "bureau, office, enterprises"),
    "notices.correct": Rule(OFFICE | {Role.UNIT_HEAD}, "the office and the head of the bureau"),
    "notices.take_back": Rule(OFFICE | {Role.CONTACT, Role.UNIT_HEAD, Role.ENTERPRISE}, "the bureau, and one's own"),
    "cases.page": Rule(ANY, "what was published"),
    "cases.one": Rule(ANY, "what was published; before that, one's own and one's unit's"),
    "cases.photo": Rule(ANY, "photos of a case one may see"),
    "cases.paper": Rule(ANY, "a case one may see, once it is published"),
    "cases.adoption": Rule(DOERS | READERS, "a case one may see, once it is published"),
    "cases.top": Rule(ANY, "the ten of a year; who may be chosen only for the office"),
    "cases.compilation": Rule(ANY, "what was published"),
    "cases.collected": Rule(DOERS | READERS, "one's own, one's unit's and one's enterprise's; readers all"),
    "cases.new": Rule(KEEPERS | {Role.SPECIALIST, Role.ENTERPRISE}, "for oneself or one's unit; the office for any"),
    "cases.offer": Rule(KEEPERS | {Role.SPECIALIST, Role.ENTERPRISE}, "for oneself or one's unit; the office for any"),
    "cases.withdraw": Rule(KEEPERS | {Role.SPECIALIST, Role.ENTERPRISE}, "one's own case, and one about one's firm"),
    "cases.take_down": Rule(OFFICE, "all published cases"),
    "cases.choose_top": Rule(OFFICE, "all published cases of the year"),
    "rule_sets.page": Rule(INSIDERS, "all rule sets"),
    "rule_sets.one": Rule(INSIDERS, "all rule sets"),
    "rule_sets.difference": Rule(INSIDERS, "all rule sets"),
    "rule_sets.edit": Rule(OFFICE, "all rule sets"),
    "rule_sets.propose": Rule(OFFICE, "all rule sets"),
    "rule_sets.approve": Rule(OFFICE | {Role.OFFICE_SIGNER}, "what another person proposed"),
    "rule_sets.reject": Rule(OFFICE | {Role.OFFICE_SIGNER}, "what another person proposed"),
    "rule_sets.withdraw": Rule(OFFICE, "what one has proposed oneself"),
    "light_rules.page": Rule(INSIDERS, "all rules of lights and reminders"),
    "light_rules.one": Rule(INSIDERS, "all rules of lights and reminders"),
    "light_rules.edit": Rule(OFFICE, "all rules of lights and reminders"),
    "light_rules.propose": Rule(OFFICE, "all rules of lights and reminders"),
    "light_rules.approve": Rule(OFFICE | {Role.OFFICE_SIGNER}, "what another person proposed"),
    "light_rules.reject": Rule(OFFICE | {Role.OFFICE_SIGNER}, "what another person proposed"),
    "light_rules.withdraw": Rule(OFFICE, "what one has proposed oneself"),
    "light_rules.foretell": Rule(OFFICE | {Role.OFFICE_SIGNER}, "reminders of everybody"),
    "lights.of_task": Rule(ANY, "a user task one may see"),
    "lights.of_indicator": Rule(ANY, "an indicator one's unit takes part in; readers all"),
    "lights.forecasts": Rule(READERS, "all user tasks and indicators"),
    "policies.page": Rule(ANY, "all policies"),
    "policies.one": Rule(ANY, "all policies; figures of rounds for officials"),
    "policies.new": Rule(KEEPERS, "policies of one's own department; the office all"),
    "policies.enter": Rule(KEEPERS, "policies of one's own department; the office all"),
    "policies.edit": Rule(KEEPERS, "policies of one's own department; the office all"),
    "policies.change": Rule(KEEPERS, "policies of one's own department; the office all"),
    "policies.check": Rule(KEEPERS, "policies of one's own department; the office all"),
    "policies.repeal": Rule(KEEPERS, "policies of one's own department; the office all"),
    "policies.rounds": Rule(INSIDERS, "counts of all rounds, no enterprise by name"),
    "policies.one_round": Rule(INSIDERS, "counts of all rounds, no enterprise by name"),
    "resources.page": Rule(ANY, "all services"),
    "resources.new": Rule(KEEPERS, "services of one's own department; the office all"),
    "resources.register": Rule(KEEPERS, "services of one's own department; the office all"),
    "resources.edit": Rule(KEEPERS, "services of one's own department; the office all"),
    "resources.change": Rule(KEEPERS, "services of one's own department; the office all"),
    "resources.end": Rule(KEEPERS, "services of one's own department; the office all"),
    "packages.one": Rule(INSIDERS | OUTSIDERS, "an enterprise's own; its specialist's, its locality's; readers all"),
    "packages.paper": Rule(INSIDERS | OUTSIDERS, "an enterprise's own; its specialist's, its locality's; readers all"),
    "enterprises.page": Rule(LIBRARY, "all, one's locality's, the shared list, or those one serves"),
    "enterprises.ladder": Rule(LIBRARY, "counts of enterprises one may see"),
    "enterprises.shared": Rule(LIBRARY, "who may see what; who looked, for those who read all"),
    "enterprises.export": Rule(INSIDERS, "enterprises one may see, masked as on the screen; recorded"),
    "enterprise_file.page": Rule(LIBRARY | {Role.ENTERPRISE}, "an enterprise one may see, masked by role; recorded"),
    "enterprise_file.accesses": Rule(LIBRARY | {Role.ENTERPRISE}, "an enterprise whose whole file one may see"),
    "enterprise_imports.page": Rule(OFFICE, "all imports"),
    "enterprise_imports.upload": Rule(OFFICE, "the whole library"),
    "enterprise_imports.blank": Rule(OFFICE, "an empty table"),
    "enterprise_imports.one": Rule(OFFICE, "all imports"),
    "enterprise_imports.progress": Rule(OFFICE, "all imports"),
    "enterprise_imports.errors": Rule(OFFICE, "all imports"),
    "enterprise_imports.confirm": Rule(OFFICE, "the whole library"),
    "enterprise_imports.check_again": Rule(OFFICE, "all imports"),
    "enterprise_imports.withdraw": Rule(OFFICE, "all imports"),
    "api.enterprises.list_enterprises": Rule(LIBRARY | {Role.ENTERPRISE}, "enterprises one may see"),
    "api.enterprises.get_enterprise": Rule(LIBRARY | {Role.ENTERPRISE}, "an enterprise one may see, masked; recorded"),
    "pairings.page": Rule(INSIDERS, "pairings of one's own enterprises and people; readers all"),
    "pairings.open_pairing": Rule(OFFICE | {Role.CONTACT, Role.UNIT_HEAD}, "the office all; a locality its own"),
    "pairings.one": Rule(INSIDERS | OUTSIDERS, "pairings of one's own enterprises and people; an enterprise its own"),
    "pairings.replace": Rule(OFFICE | {Role.CONTACT, Role.UNIT_HEAD}, "the office all; a locality its own"),
    "pairings.card": Rule(INSIDERS | OUTSIDERS, "a pairing one may see"),
    "pairings.letter": Rule(INSIDERS, "a pairing one may see"),
    "pairings.visit": Rule(INSIDERS | {Role.SPECIALIST}, "visits of a pairing one may see"),
    "pairings.profile": Rule(OFFICE | {Role.CONTACT, Role.UNIT_HEAD}, "the office all; a unit its own people"),
    "pairings.set_profile": Rule(OFFICE | {Role.CONTACT, Role.UNIT_HEAD}, "the office all; a unit its own people"),
    "pairings.leave": Rule(OFFICE | {Role.CONTACT, Role.UNIT_HEAD}, "the office all; a unit its own people"),
    "my_enterprises.page": Rule(frozenset({Role.SPECIALIST}), "the enterprises one serves"),
    "demands.page": Rule(INSIDERS | {Role.SPECIALIST}, "what one's unit answers, one's own enterprises'; readers all"),
    "demands.one": Rule(INSIDERS | {Role.SPECIALIST, Role.ENTERPRISE}, "a demand one may see; an enterprise its own"),
    "demands.paper": Rule(INSIDERS | {Role.SPECIALIST, Role.ENTERPRISE}, "a demand one may see; an enterprise its own"),
    "demands.new": Rule(KEEPERS | {Role.SPECIALIST}, "enterprises one may see"),
    "demands.register": Rule(KEEPERS | {Role.SPECIALIST}, "enterprises one may see"),
    "demands.own": Rule(ENTERPRISE, "one's own enterprise"),
    "demands.raise_own": Rule(ENTERPRISE, "one's own enterprise"),
    "demands.withdraw": Rule(ENTERPRISE, "demands of one's own enterprise"),
    "administration.page": Rule(AUDIT_OR_SECURITY, "all administration events"),
}


def init_app(app: Flask) -> None:
    app.before_request(check)


def check() -> None:
    """Refuses what the table does not open; an address that leads nowhere goes on and is not found."""
    if request.endpoint is None:
        return
    rule = POLICY.get(request.endpoint)
    if rule is None:
        log.error("route without a row in the policy table", endpoint=request.endpoint)
        raise NotPermitted
    if not rule.admits(g.actor):
        raise NotSignedIn if g.actor is None else NotPermitted


def may_open(endpoint: str, actor: Actor | None) -> bool:
    """Whether a link to the screen is of use to the person."""
    rule = POLICY.get(endpoint)
    return rule is not None and rule.admits(actor)
