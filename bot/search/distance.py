"""How many slips of the finger lie between two words."""

from __future__ import annotations


def one_slip(left: str, right: str) -> bool:
    """Whether exactly one insertion, deletion, replacement or swap of neighbours lies between."""
    shorter, longer = (left, right) if len(left) <= len(right) else (right, left)
    place = 0
    for a, b in zip(shorter, longer, strict=False):
        if a != b:
            break
        place += 1
    if len(longer) - len(shorter) == 1:
        return longer[place + 1 :] == shorter[place:]
    if len(longer) != len(shorter) or place == len(longer):
        return False
    if longer[place + 1 :] == shorter[place + 1 :]:
        return True
    swapped = longer[place + 1 : place + 2] + longer[place]
    return swapped + longer[place + 2 :] == shorter[place:]


def edit_distance(left: str, right: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours between the two.

    The optimal string alignment distance; `limit + 1` stands for anything above `limit`.
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    above: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        above, upper, row = row, above, [i]
        for j, b in enumerate(right, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, upper[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
