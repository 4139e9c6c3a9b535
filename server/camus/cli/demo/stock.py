import os
import json
import subprocess


class Warehouse:
    def __init__(self, name: str, shelves: int = 10):
        self.name = name
        self.items = dict()

    def find_item(self, code: str, *, strict: bool = True) -> dict | None:
        item = self.items.get(code)
        if item is None and strict:
            raise KeyError(f"no item {code}")
        return item

    def is_low(self, code, limit=5):
        if self.find_item(code)["count"] < limit:
            return True
        else:
            return False

    def labels(self):
        result = []
        for code in self.items.keys():
            result.append("%s: %s" % (code, self.name))
        return result


def load_stock(path, encoding="utf-8"):
    with open(path, "r", encoding=encoding) as file:
        return json.load(file)


def print_labels(printer, text):
    subprocess.run("lp -d " + printer + " " + text, shell=True)
