"""推演: on a copy, move a deadline or a lead unit, run the clock on, and see which lights come out differently.

scenario    what is changed and until when; pure
copying     the real database into a scratch file, read in one state
changing    the change, on a copy
forward     the clock, on a copy
outlook     the lights of a copy on the last day
comparison  what differs between two outlooks, and why; pure
store       progress and results, in files that live for a day
running     all of it, in a thread of its own
"""
