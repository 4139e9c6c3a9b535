"""Where a model really runs: loopback is not local when its server forwards elsewhere."""

from __future__ import annotations

from camus.privacy.clearing import Destination

THIS_MACHINE = Destination("this machine", local=True)


def destination_of(
    url: str,
    *,
    served_as: str = "",
    remote_host: str = "",
    proxy: str = "",
    remote: bool | None = None,
) -> Destination:
    """The place that code sent to `url` ends up at.

    `served_as` is the server's model id (`-cloud` names are forwarded), `remote_host` what the
    server says it forwards to, `remote` what the user declared.
    """
    raise NotImplementedError
