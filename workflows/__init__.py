"""Durability: drives a case through Temporal. No rules here: those are in `cases/`.

`case` is the workflow; `client` the door for whoever starts and calls cases; `plugin` what client, worker and replayer
share. Activities are known by their signatures only: the name of an errand's activity is the errand's `kind`.
"""
