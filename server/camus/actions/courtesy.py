"""Takes the courtesies off a request, so that a polite one reads like a bare one; knows no kind."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

_HELLO = r"(?:hi|hello|hey|hiya|good (?:morning|evening|afternoon))(?! world)"
_SOFT = r"(?:(?:please|kindly|perhaps|maybe|possibly|just|also|quickly|pls|plz),? )*"
_YOU = r"(?:you|u|someone|somebody|anyone|anybody)"
_CAN = "(?:can|could|would|will|might)"
_IF_YOU = rf"if {_YOU} (?:could|would|can) "
_NICE = r"(?:great|nice|lovely|good|kind|helpful|wonderful|cool)"
_MIR = r"(?:(?:mir|mal|bitte|vielleicht|uns|eben|kurz) )*"
_WILLING = (
    r"(?:mind (?:if you )?|(?:be )?(?:so )?(?:kind|good)(?: enough)?(?: as)? to |be able to "
    r"|try to |try and |possibly )?"
)
_POURRAIS = (
    r"(?:tu (?:peux|pourrais)|vous (?:pouvez|pourriez)|(?:peux|pourrais)-tu"
    r"|(?:pouvez|pourriez)-vous)"
)
_FRAMES = rf"""
{_HELLO}(?: (?:there|all|everyone|guys|folks)| \w+(?=[,!]))?[,!.:]? (?=\S+ \S+)
(?:excuse me|sorry to bother you|quick question|one more thing)[,:.!-]*[ ]
(?:(?:so|and|ok|okay|now|well|also),? )?{_SOFT}{_CAN} {_YOU} {_SOFT}{_WILLING}
(?:do|would) you (?:think|say|reckon) (?:that )?(?:you|we|one|it) (?:could|can|might) (?:be )?
(?:i was|i am|i'm|we were|just|been) wondering (?:if|whether)(?: you (?:could|can|might|would))?[ ]
(?:i was|i am|i'm|just) wondering,?[ ]
(?:is there )?any chance (?:that )?(?:you (?:could|can|might)|of|to)[ ]
(?:may|might|could|can) (?:i|we) (?:please )?ask (?:you )?(?:to|for|whether|if|about|with)[ ]
(?:could|can|may) (?:i|we) (?:please )?(?:have|get)[ ]
(?:i|we)(?:'d| would)? (?:like|love|want|need|prefer|expect) (?:you|u) to[ ]
(?:i|we)(?:'d| would) (?:really )?(?:appreciate it|be (?:very )?(?:glad|grateful|happy)) {_IF_YOU}
it(?:'d| would) be (?:so |really |very )?{_NICE} {_IF_YOU}
please,? (?:be so (?:kind|good) as to |see to it that |make sure to |do |go ahead and |try to )?
(?:kannst|könntest|würdest|magst) du {_MIR}
(?:können|könnten|würden) sie {_MIR}
(?:bitte|por favor|s'il (?:te|vous) plaît|пожалуйста),?[ ]
ich (?:möchte|will|hätte gern|wünsche mir), dass du[ ]
¿?(?:me )?(?:puedes|podrías|puede|podría|podéis) (?:por favor )?
(?:quiero|quisiera|necesito|me gustaría) que (?:me )?
(?:est-ce que )?{_POURRAIS} (?:(?:me|m'|nous|stp|s'il te plaît) ?)?
(?:j'aimerais|je voudrais|je veux) que tu[ ]
(?:você )?(?:pode|poderia|consegue|podes|poderias) (?:por favor |me )?
(?:quero|queria|preciso|gostaria) que (?:você )?
(?:не )?(?:можешь|можете|могли бы|мог бы|могла бы)(?: ли)?(?: (?:ты|вы))?(?: мне)?[ ]
"""
"""How courtesies begin a sentence, one a line."""
_BEGINNINGS = """
hi hello hey hiya good excuse sorry quick one so and ok okay now well also please kindly perhaps
maybe possibly just quickly pls plz can could would will might do i we been is any may it kannst
könntest würdest magst können könnten würden bitte por s ich me puedes podrías puede podría podéis
quiero quisiera necesito est tu vous peux pourrais pouvez pourriez j je você pode poderia consegue
podes poderias quero queria preciso gostaria не можешь можете могли мог могла пожалуйста
"""
_FIRST = frozenset(_BEGINNINGS.split())
"""The first words of the courtesies: what begins otherwise need not be compared with them."""
_WORD = re.compile(r"¿?(\w+)")
_START = re.compile(r"[.!?…:,;]\s+|\n\s*")
"""What stands before a sentence, or before what comes after a greeting."""
_UNSPACED = re.compile(
    r"^(?:请问|请你|请帮我|请|麻烦你|麻烦|你能不能|能不能|你能|能否|可以帮我|能帮我|帮我|すみません、?)"
)
_THANKS = (
    r"[\s,;.–-]*\b(?:please|pls|plz|thanks(?: in advance| a lot| so much)?|thx|tia|cheers"
    r"|thank you(?: in advance| very much)?|bitte|danke|por favor|gracias|merci(?: d'avance)?|stp"
    r"|s'il (?:te|vous) plaît|obrigad[oa]|пожалуйста|спасибо)[\s.!?]*$"
)
_ENDINGS = """
please pls plz thanks advance lot much thx tia cheers you bitte danke favor gracias merci avance
plaît stp obrigado obrigada пожалуйста спасибо
"""
_LAST = tuple(_ENDINGS.split())
_ENDS = 60
"""Characters at the end in which thanks are looked for."""
_LEAST = 4
"""Fewest characters that must be left, for “thanks” alone is no courtesy."""
_STARTS, _IN_A_ROW = 8, 3
"""How many beginnings are looked at, and how many courtesies at each."""


def bare(text: str) -> str:
    """A request without greetings, “would you mind” and thanks; itself where nothing is left."""
    said = _UNSPACED.sub("", text.strip())
    starts = [0, *(match.end() for match in islice(_START.finditer(said), _STARTS))]
    kept, done = [], 0
    for start in starts:
        end = _after(said, start)
        if end > start >= done:
            kept.append(said[done:start])
            done = end
    left = "".join(kept) + said[done:]
    if left.rstrip(" .!?").casefold().endswith(_LAST):
        left = left[:-_ENDS] + _thanks().sub("", left[-_ENDS:])
    return left if len(left) >= _LEAST else text


def _after(said: str, start: int) -> int:
    """Where the courtesies that begin here end."""
    for _ in range(_IN_A_ROW):
        first = _WORD.match(said, start)
        if first is None or first[1].casefold() not in _FIRST:
            break
        match = _courtesy().match(said, start)
        if match is None:
            break
        start = match.end()
    return start


# Compiled when first asked for: they take some milliseconds, and most commands classify nothing.
@cache
def _courtesy() -> re.Pattern[str]:
    return re.compile("|".join(_FRAMES.strip().split("\n")), re.IGNORECASE)


@cache
def _thanks() -> re.Pattern[str]:
    return re.compile(_THANKS, re.IGNORECASE)
