"""Where the small BPMN files of the engine's tests lie."""

from pathlib import Path

ENGINE_MODELS = Path(__file__).parent / "engine"
