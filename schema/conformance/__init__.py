"""`baoke plugin check`: whether a plugin keeps to the contract, found by trying.

Rooms, from the ground up:

    outcome                          what a check is, and what came of it
    subject, stand                   the plugin that is looked at; the application with it, planted
    declared, sources, granting      checks that need no database
    tables, queries, attacks,        checks that do, run on each system that there is
    mutating, working
    suite                            all of them, in order

A check yields places where something is wrong; what that means and the remedy are the same for all of them.
"""
