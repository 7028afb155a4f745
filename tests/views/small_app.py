"""A Flask app with the frame and the forms and nothing behind them: one page shows any form with any filling."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from flask import Flask, render_template_string
from flask_babel import Babel

from app.services.form_rules import read_form
from app.views import assets, formats, forms

PAGE = """{% extends "base.html" %}
{% from "macros.html" import csrf, draft_state, light, confirm %}
{% block title %}{{ schema.title }}{% endblock %}
{% block heading %}{{ schema.title }} {{ light("green") }}{% endblock %}
{% block crumb %}<a href="/inbox">待办</a> / {{ schema.title }}{% endblock %}
{% block content %}<form class="d-card" id="task" method="post" enctype="multipart/form-data" data-draft="/draft">
{{ csrf() }}{{ render_form(schema, data, **options) }}</form>{% endblock %}
{% block bar %}<div class="d-bar"><button class="btn btn-primary" form="task">{{ schema["x-verb"] }}</button>
<button class="btn" form="task" data-save data-key="Ctrl+S">暂存</button>
<a class="btn btn-danger-line" href="#order" data-dialog="order">发出督办单</a>{{ draft_state() }}</div>{% endblock %}
{% block after %}
{{ confirm("order", "向 8 个单位发出红色督办单？", "发出后不能撤回。", "发出 8 份督办单", 8) }}{% endblock %}
"""


@cache
def make_app() -> Flask:
    app = Flask("app", root_path="app")
    app.config.update(BABEL_DEFAULT_LOCALE="zh_Hans_CN", SECRET_KEY="test")
    Babel(app)
    for part in (assets, formats, forms):
        part.init_app(app)
    app.jinja_env.globals["csrf_token"] = lambda: "a-token"
    app.context_processor(frame)
    return app


def frame() -> dict[str, Any]:
    entry = SimpleNamespace(
        key="inbox", label="待办", icon="inbox", href="/inbox", badge=14, is_current=True, on_phone=True
    )
    return {
        "nav": [entry],
        "me": SimpleNamespace(
            name="陈晓岚", unit="市工信局", role_label="联络员", single_keys=True, settings_href=None
        ),
        "plan_title": ("专精特新三年行动计划", "（2022—2024年）"),
        "today_text": "2024年12月16日 星期一",
        "unread": 4,
        "demo_text": "演示环境：数据均为模拟",
    }


def form_page(name: str, data: Mapping[str, Any], **options: Any) -> str:
    return page(PAGE, schema=read_form(name), data=data, options=options)


def page(template: str, **values: Any) -> str:
    with make_app().test_request_context("/"):
        return render_template_string(template, **values)
