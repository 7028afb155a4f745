"""The signer of checkpoints: a process of its own that alone holds the key, and how the house talks to it.

What runs in that process (keeper, answers, server) knows neither database nor web and imports nothing that does.
"""
