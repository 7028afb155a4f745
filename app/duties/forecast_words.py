"""A forecast in calm words: rounded to what it can bear, with its range, and never as a verdict."""

from __future__ import annotations

from app.duties.forecast import Forecast

STEP = 5  # per cent
NOTE = "根据历史办理情况推算，仅供提前关注，不作为考核依据。"


def chance_text(forecast: Forecast) -> str:
    """约 35%（20% 至 50%）; at the ends 不到 5% and 95% 以上."""
    return f"{percent(forecast.chance)}（{_edge(forecast.low)} 至 {_edge(forecast.high)}）"


def percent(chance: float) -> str:
    rounded = _rounded(chance)
    if rounded < STEP:
        return f"不到 {STEP}%"
    return f"{100 - STEP}% 以上" if rounded > 100 - STEP else f"约 {rounded}%"


def level(chance: float) -> str:
    """可能性较小, 有一定可能, 可能性较大."""
    if chance < 0.2:
        return "可能性较小"
    return "有一定可能" if chance < 0.5 else "可能性较大"


def _edge(chance: float) -> str:
    return f"{_rounded(chance)}%"


def _rounded(chance: float) -> int:
    return round(chance * 100 / STEP) * STEP
