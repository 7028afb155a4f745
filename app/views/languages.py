"""Which language a page speaks: the person's, else the house's. The texts in the sources are Simplified Chinese."""

from __future__ import annotations

from flask import Flask, g
from flask_babel import Babel

from app.views.context import current_house

SOURCE = "zh_Hans_CN"
LANGUAGES = {SOURCE: "简体中文", "en": "English"}


def init_app(app: Flask) -> None:
    Babel(app, default_locale=SOURCE, default_timezone="Asia/Shanghai", locale_selector=_locale)


def _locale() -> str:
    me = g.get("me")
    return me.locale if me is not None and me.locale in LANGUAGES else current_house().settings.locale
