// A file to try Camus on, with something for each action.

export const SAMPLE = `import os


def total(prices: list[float], discount: float = 0.0) -> float:
    result = 0.0
    for price in prices:
        result = result + price
    if discount == None:
        raise ValueError("a discount is needed")
    return result * (1 - discount)


def cheapest(prices: list[float]) -> float | None:
    if len(prices) == 0:
        return None
    else:
        return min(prices)
`;
