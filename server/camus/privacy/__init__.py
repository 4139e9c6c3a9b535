"""What may leave the machine: trust, consent, secrets; the only maker of `Cleared`.

`clear` is pure. `Ledger` keeps trust and consent in the user's own folder, never in a workspace.
"""

from camus.privacy.clearing import Cleared, Denied, Destination, Message, Prompt, Rules, clear
from camus.privacy.ledger import Consent, Ledger
from camus.privacy.places import THIS_MACHINE, destination_of
from camus.privacy.secrets import Secret, scan

__all__ = [
    "THIS_MACHINE",
    "Cleared",
    "Consent",
    "Denied",
    "Destination",
    "Ledger",
    "Message",
    "Prompt",
    "Rules",
    "Secret",
    "clear",
    "destination_of",
    "scan",
]
