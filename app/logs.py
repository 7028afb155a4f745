"""Logs are JSON lines on stderr, in English, with ids; a traceback is plain text and never holds a local value."""

from __future__ import annotations

import logging
import sys

import structlog


def configure() -> None:
    """To be called once by whoever opens a door. Values of variables never enter a log: forms hold people's data."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
