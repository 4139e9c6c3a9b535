"""What can be asked: a request as a `Task`, its deterministic answer, its prompt, its reply.

Asks no model and keeps nothing.
"""

from camus.actions.catalogue import ACTIONS, Action, Offer, Produces, action_for
from camus.actions.classify import classify
from camus.actions.drafting import BadReply
from camus.actions.offers import applicable
from camus.actions.placeholders import left_out, placeholder_in
from camus.actions.prompts import TooLarge, prompt, repair_prompt
from camus.actions.replies import read
from camus.actions.rewrites import rewrite
from camus.actions.summary import summary
from camus.actions.targets import make_task
from camus.actions.tasks import Chunk, Classified, Draft, Task
from camus.actions.tokens import estimate_tokens

__all__ = [
    "ACTIONS",
    "Action",
    "BadReply",
    "Chunk",
    "Classified",
    "Draft",
    "Offer",
    "Produces",
    "Task",
    "TooLarge",
    "action_for",
    "applicable",
    "classify",
    "estimate_tokens",
    "left_out",
    "make_task",
    "placeholder_in",
    "prompt",
    "read",
    "repair_prompt",
    "rewrite",
    "summary",
]
