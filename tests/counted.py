"""What figures have counted, by the names that Prometheus reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.figures import Figures


def counted(figures: Figures) -> dict[str, float]:
    """Every sample that is not 0, as `name{label,label}`; buckets are left out."""
    found = {}
    for family in figures.registry.collect():
        for sample in family.samples:
            if sample.value and not sample.name.endswith("_bucket"):
                labels = ",".join(sample.labels.values())
                found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found
