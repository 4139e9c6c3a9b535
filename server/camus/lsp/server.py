"""Which request goes where; imports at first what `initialize` needs, and the rest after it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

import camus
from camus.lsp.capabilities import Capabilities, capabilities_of
from camus.lsp.protocol import MendedProtocol

if TYPE_CHECKING:
    from camus.lsp.features import Features
    from camus.lsp.session import Make

ACTION_KINDS = (
    "quickfix",
    "refactor.rewrite.camus",
    "source.camus.explain",
    "source.camus.review",
)
COMMANDS = (
    "camus.apply",
    "camus.ask",
    "camus.clearModelLock",
    "camus.explain",
    "camus.feedback",
    "camus.models",
    "camus.pipelines",
    "camus.preview",
    "camus.prompt",
    "camus.review",
    "camus.reviewWorkspace",
    "camus.runPipeline",
    "camus.selectModel",
    "camus.selectPipeline",
    "camus.selectStrategy",
    "camus.showDecision",
    "camus.trust",
)


class Server(LanguageServer):
    """The language server of one client; `make` builds the engine, a test's own one too."""

    protocol: MendedProtocol

    def __init__(self, make: Make | None = None) -> None:
        """Register every feature; nothing heavy is imported yet."""
        super().__init__("camus", camus.__version__, protocol_cls=MendedProtocol)
        self._make = make
        self._features: Features | None = None
        self._hello = lsp.InitializeParams(lsp.ClientCapabilities())
        self.can = Capabilities()
        self.initialized = asyncio.Event()
        self.protocol.execute = self._execute
        self.protocol.commands = COMMANDS
        self.protocol.adjust = self._only_what_it_uses
        self._register()

    @property
    def features(self) -> Features:
        """What answers; made on first use after `initialize`."""
        if self._features is None:
            from camus.lsp.features import Features

            self._features = Features(self.protocol, self.can, self._hello, self._make)
        return self._features

    async def close(self) -> None:
        """End the engine and what runs in the background."""
        if self._features is not None:
            await self._features.close()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Tell nobody: every request is answered, and a popup helps no one."""

    def _register(self) -> None:
        manager = self.protocol.fm
        manager.feature_options[lsp.TEXT_DOCUMENT_CODE_ACTION] = lsp.CodeActionOptions(
            code_action_kinds=list(ACTION_KINDS), resolve_provider=True
        )
        manager.feature_options[lsp.TEXT_DOCUMENT_DIAGNOSTIC] = lsp.DiagnosticOptions(
            inter_file_dependencies=False, workspace_diagnostics=False, identifier="camus"
        )
        manager.feature_options[lsp.TEXT_DOCUMENT_INLAY_HINT] = lsp.InlayHintOptions()
        manager.feature_options[lsp.TEXT_DOCUMENT_INLINE_COMPLETION] = lsp.InlineCompletionOptions()
        # pygls' decorator sets attributes on what it registers, which a bound method has not.
        manager.features.update(
            {
                lsp.INITIALIZE: self._initialize,
                lsp.INITIALIZED: self._start,
                lsp.TEXT_DOCUMENT_CODE_ACTION: self._code_action,
                lsp.CODE_ACTION_RESOLVE: self._resolve,
                lsp.TEXT_DOCUMENT_HOVER: self._hover,
                lsp.TEXT_DOCUMENT_DIAGNOSTIC: self._diagnostic,
                lsp.TEXT_DOCUMENT_CODE_LENS: self._code_lens,
                lsp.TEXT_DOCUMENT_INLAY_HINT: self._inlay_hints,
                lsp.TEXT_DOCUMENT_INLINE_COMPLETION: self._inline,
                lsp.TEXT_DOCUMENT_DID_OPEN: self._opened,
                lsp.TEXT_DOCUMENT_DID_CHANGE: self._changed,
                lsp.TEXT_DOCUMENT_DID_CLOSE: self._closed,
                lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._moved,
                lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: self._configure,
                lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: self._reload,
                lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL: self._stop,
            }
        )

    def _only_what_it_uses(
        self, offered: lsp.ServerCapabilities, hello: lsp.InitializeParams
    ) -> None:
        """Offer to be asked for diagnostics only to a client that then need not be told, and what
        is optional only to one that cannot be told later that it was switched on.
        """
        can = capabilities_of(hello.capabilities, None)
        if not can.pulls:
            offered.diagnostic_provider = None
        if can.registers_lenses or not can.lenses:
            offered.code_lens_provider = None
        if can.registers_hints or not can.hints:
            offered.inlay_hint_provider = None
        if can.registers_inline or not can.completes_inline:
            offered.inline_completion_provider = None

    def _initialize(self, params: lsp.InitializeParams) -> None:
        self._hello = params
        self.can = capabilities_of(
            params.capabilities, self.workspace.position_encoding, params.initialization_options
        )

    def _start(self, _params: object) -> None:
        self.features.start()
        self.initialized.set()

    async def _code_action(self, params: lsp.CodeActionParams) -> object:
        return await self.features.answers.code_action(params)

    async def _resolve(self, action: lsp.CodeAction) -> object:
        return await self.features.answers.resolve(action)

    async def _hover(self, params: lsp.HoverParams) -> object:
        return await self.features.hover(params)

    async def _inline(self, params: lsp.InlineCompletionParams) -> object:
        return await self.features.inline(params)

    async def _inlay_hints(self, params: lsp.InlayHintParams) -> object:
        return await self.features.inlay_hints(params)

    async def _code_lens(self, params: lsp.CodeLensParams) -> object:
        return await self.features.code_lens(params.text_document.uri)

    async def _diagnostic(self, params: lsp.DocumentDiagnosticParams) -> object:
        return self.features.answers.reviews.pulled(params.text_document.uri)

    async def _execute(self, params: lsp.ExecuteCommandParams) -> object:
        return await self.features.answers.execute(params)

    # Each leads to the features, which are made on first use only.

    def _opened(self, params: lsp.DidOpenTextDocumentParams) -> None:
        self.features.opened(params)

    def _changed(self, params: lsp.DidChangeTextDocumentParams) -> None:
        self.features.changed(params)

    def _closed(self, params: lsp.DidCloseTextDocumentParams) -> None:
        self.features.closed(params)

    def _moved(self, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        self.features.moved(params)

    def _configure(self, params: lsp.DidChangeConfigurationParams) -> None:
        self.features.configure(params.settings)

    def _reload(self, _params: lsp.DidChangeWatchedFilesParams) -> None:
        self.features.reload()

    def _stop(self, params: lsp.WorkDoneProgressCancelParams) -> None:
        self.features.stop(params.token)
