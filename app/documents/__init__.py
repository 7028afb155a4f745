"""Papers and plan files: bytes in, frozen dataclasses out, and back. Pure."""
