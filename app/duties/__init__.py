"""The government's rules, one duty a family of modules. Pure: no session, no clock, no I/O."""
