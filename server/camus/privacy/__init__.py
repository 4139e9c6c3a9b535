"""What may leave the machine: trust, consent, secrets; the only maker of `Cleared`.

`clear` is pure. `Ledger` keeps trust and consent in the user's own folder, never in a workspace.
`Ignore` reads ignore files and writes nothing.

Errors
------
LedgerError
    Raised when a permission could not be written down.
"""

from camus.privacy.clearing import Cleared, Denied, Destination, Message, Prompt, Rules, clear
from camus.privacy.ignore import Ignore, user_excludes
from camus.privacy.ledger import Consent, Ledger, LedgerError
from camus.privacy.places import THIS_MACHINE, destination_of, name_of
from camus.privacy.secrets import Secret, scan

__all__ = [
    "THIS_MACHINE",
    "Cleared",
    "Consent",
    "Denied",
    "Destination",
    "Ignore",
    "Ledger",
    "LedgerError",
    "Message",
    "Prompt",
    "Rules",
    "Secret",
    "clear",
    "destination_of",
    "name_of",
    "scan",
    "user_excludes",
]
