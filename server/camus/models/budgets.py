"""How many extra calls may be made: a share of the requests, and a few more in a burst."""

from __future__ import annotations


class Budget:
    """A bucket that each request fills by a share and each extra call empties by one.

    Finagle's retry budget: with a share of 0.2 no outage makes more than a fifth more calls.
    """

    def __init__(self, share: float, burst: float) -> None:
        """Full to begin with."""
        self._share = share
        self._burst = burst
        self._left = burst

    def earn(self) -> None:
        """One request was made."""
        self._left = min(self._burst, self._left + self._share)

    def spend(self) -> bool:
        """Take an extra call; False when there is none left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
