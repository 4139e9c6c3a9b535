"""Measurements, side by side in one run; not part of the test command.

    PYTHONPATH=server:tests python -m bench            everything, as tables; about three minutes
    PYTHONPATH=server:tests python -m bench resolve    some of: start actions resolve memory
    PYTHONPATH=server:tests python -m bench tokens     what a streamed token costs

`--rounds N` sets the sample size. Rounds alternate between what is compared, so that a busy
machine slows all of it. docs/performance.md holds figures and says what was missed. Linux only.
"""
