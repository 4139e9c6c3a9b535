"""How much of a model file goes onto graphics cards, and what it then takes where; pure."""

from __future__ import annotations

from dataclasses import dataclass

ALL = -1
"""All layers, in llama.cpp's words; it ignores that where there is no card."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a loaded file takes, in bytes: its weights, its window, the process around them.

    `layers` is how many it has, of which each can be on a card; 0 when the file does not say.
    """

    weights: int
    window: int = 0
    process: int = 0
    layers: int = 0

    @property
    def movable(self) -> int:
        """What can be on cards."""
        return self.weights + self.window


@dataclass(frozen=True, slots=True)
class Placed:
    """So many layers on cards, and the bytes taken of the machine's memory and of the cards'."""

    layers: int
    ram: int
    cards: int = 0


def placed(needs: Needs, room: int) -> Placed:
    """The whole on the cards if their `room` in bytes holds it, else as many layers as fit.

    What is on the cards is not counted for the machine too: llama.cpp reads it from the file.
    """
    if room >= needs.movable:
        return Placed(ALL, needs.process, needs.movable)
    layers = needs.layers * room // max(needs.movable, 1)
    if layers < 1:
        return Placed(0, needs.movable + needs.process)
    share = needs.movable * layers // needs.layers
    return Placed(layers, needs.movable - share + needs.process, share)
