"""What can be asked: a request as a `Task`, its deterministic answer, its prompt, its reply.

Asks no model and keeps nothing.
"""

from camus.actions.catalogue import ACTIONS, Action, Offer, Produces, action_for
from camus.actions.classify import classify, request_features
from camus.actions.corrections import correction, taught
from camus.actions.described import Described, described
from camus.actions.drafting import BadReply
from camus.actions.filling import FILL_ANSWER, fill_prompt, read_fill
from camus.actions.hearing import Note, notes_tokens, schema_tokens, with_notes, with_schema
from camus.actions.naming import in_words
from camus.actions.offers import applicable
from camus.actions.opinions import Opinion, read_opinion
from camus.actions.placeholders import left_out, placeholder_in
from camus.actions.prompts import (
    Manner,
    TooLarge,
    Written,
    opinion_prompt,
    prompt,
    repair_prompt,
    written,
)
from camus.actions.replies import read, read_named
from camus.actions.rewrites import rewrite
from camus.actions.sufficing import Sufficing, talks_on
from camus.actions.summary import summary
from camus.actions.targets import make_task
from camus.actions.tasks import WARNINGS, Chunk, Classified, Domain, Draft, Latency, Task
from camus.actions.templating import (
    SHIPPED,
    VALUES,
    Template,
    Templates,
    every_shipped,
    shipped,
    template_names,
    templates_of,
)
from camus.actions.thinking import final_answer
from camus.actions.tokens import estimate_tokens

__all__ = [
    "ACTIONS",
    "FILL_ANSWER",
    "SHIPPED",
    "VALUES",
    "WARNINGS",
    "Action",
    "BadReply",
    "Chunk",
    "Classified",
    "Described",
    "Domain",
    "Draft",
    "Latency",
    "Manner",
    "Note",
    "Offer",
    "Opinion",
    "Produces",
    "Sufficing",
    "Task",
    "Template",
    "Templates",
    "TooLarge",
    "Written",
    "action_for",
    "applicable",
    "classify",
    "correction",
    "described",
    "estimate_tokens",
    "every_shipped",
    "fill_prompt",
    "final_answer",
    "in_words",
    "left_out",
    "make_task",
    "notes_tokens",
    "opinion_prompt",
    "placeholder_in",
    "prompt",
    "read",
    "read_fill",
    "read_named",
    "read_opinion",
    "repair_prompt",
    "request_features",
    "rewrite",
    "schema_tokens",
    "shipped",
    "summary",
    "talks_on",
    "taught",
    "template_names",
    "templates_of",
    "with_notes",
    "with_schema",
    "written",
]
