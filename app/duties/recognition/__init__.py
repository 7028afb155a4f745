"""Recognition rules: versioned data, and what they say of an enterprise's figures. Pure.

    rule_set = rule_version("specialised", applied_on, rule_sets)      # RuleSet; RuleViolation where none applies
    evaluation = evaluate(rule_set, "specialised", figures, profile, applied_on, is_reverification=False)
    stored = to_json(evaluation); shown = from_json(stored)            # shown later exactly so, never reckoned again

figures: closed year -> {key: value}, such as {2022: {"revenue_wan": "8000", "rd_wan": 380}}; "last year" is the year
before `on`. profile: what belongs to no year (honours, titles, field, own brand …). Keys, kinds and words are in
`inputs.INPUTS`; a key of last year that its row lacks is looked up in the profile. Numbers may be int, Decimal or text.

An Evaluation has rule_version (id of the rule set), level, on, findings (a tree: id, name, value, threshold, met,
source, verified, inputs, parts), parts (points by part and indicator), score (int, None where the level has no points),
is_met, missing, and to_be_judged: conditions that a reviewer must judge, whose `met` is None until the profile holds a
judgement. A missing input is never met, never 0, and always named.

How a rule set is written: `vocabulary`. How one is read from YAML or JSON: `read_yaml`, `read_rule_set`.
"""

from app.duties.recognition.choice import rule_version, until_of
from app.duties.recognition.evaluate import evaluate
from app.duties.recognition.evaluation import Evaluation, Finding, Given, PartPoints, Points, from_json, to_json
from app.duties.recognition.periods import ban_until, validity
from app.duties.recognition.reading import InvalidRules, RuleProblem, read_rule_set, read_yaml
from app.duties.recognition.review import Ranked, is_barred, mean_of, rank, visit_sample
from app.duties.recognition.vocabulary import Condition, Indicator, Level, Part, RuleSet

__all__ = [
    "Condition",
    "Evaluation",
    "Finding",
    "Given",
    "Indicator",
    "InvalidRules",
    "Level",
    "Part",
    "PartPoints",
    "Points",
    "Ranked",
    "RuleProblem",
    "RuleSet",
    "ban_until",
    "evaluate",
    "from_json",
    "is_barred",
    "mean_of",
    "rank",
    "read_rule_set",
    "read_yaml",
    "rule_version",
    "to_json",
    "until_of",
    "validity",
    "visit_sample",
]
