"""Verbs that exclude each other: of one doer at one time, or done to one thing."""

from __future__ import annotations


def _pairs(lines: str) -> frozenset[frozenset[str]]:
    """ "a b|c|d e" -> every pair of words of two cells of a line."""
    found = set()
    for line in lines.strip().splitlines():
        cells = [cell.split() for cell in line.split("|")]
        found |= {
            frozenset((a, b))
            for i, cell in enumerate(cells)
            for other in cells[i + 1 :]
            for a in cell
            for b in other
        }
    return frozenset(found)


# Verbs of one at one time, besides the postures: who rides does not walk.
OTHERWISE = _pairs("""
ride|walk stroll run jog sprint swim kneel crouch
drive|walk stroll run jog swim sleep
hover fly soar|land rest perch park stand sit lie
cry weep frown scowl|smile laugh grin beam
float|sink
dance|sit lie kneel
rise climb ascend|descend
""")
# What nobody does to one thing at one time.
TO_ONE_THING = _pairs("""
ride|push carry lead lift pull
push shove|pull tow drag
throw toss|catch
open|close shut
load|unload
enter board|leave exit
climb ascend|descend
catch|miss drop
reach|miss
fold|unfold
wear don|remove
raise lift|lower drop
fill|empty pour
hold carry|drop throw kick
eat|cook
light|extinguish
approach|leave
lead|follow chase
""")
