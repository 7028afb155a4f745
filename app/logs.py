"""Logs are JSON lines on stderr, in English, with ids; a traceback is plain text and never holds a local value."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import orjson
import structlog
from structlog.typing import Processor

SHARED: Sequence[Processor] = (
    structlog.contextvars.merge_contextvars,  # request_id
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(level: int = logging.WARNING) -> None:
    """To be called by whoever opens a door: INFO for a process that stays, so that each command has its line.

    A logger that is kept keeps the level it was first used with, so only the loggers of INFO, the last word, are kept.
    Values of variables never enter a log: forms hold people's data.
    """
    structlog.configure(
        processors=[
            *SHARED,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=level == logging.INFO,
    )
    _lead_libraries_here()


def _lead_libraries_here() -> None:
    """Warnings of libraries, which know the standard library's logging only, become the same lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.add_logger_name,
                *SHARED,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
