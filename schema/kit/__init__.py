"""The attack kit: from a schema and its policies it makes every way to ask for what a caller may not see.

A world is planted in which every type has rows in every relation to one employee, each value a mark of its
own. Then the same questions are asked twice: before and after the values that the caller may not see are
changed to their nearest neighbours (or taken away, or joined by further unseen rows). Whatever is answered
otherwise, to the byte, is a leak; so is a mark in an answer or a log. `docs/attacks.md` explains it.

Rooms, from the ground up:

    samples, planting    values and rows; a value knows its neighbours
    hidden               what one caller may not see, and the changes that must not be noticed
    stage, door, watch   the planted application, the way to ask it, what is logged and sent to the database
    routes, texts        how a schema is walked, and how questions are written
    attack, probes       what is tried; a new door adds a probe
    checks, run          what makes a finding, and the round through callers, probes and changes
"""
