//! Starts `camus serve` for Zed; the server does the rest.
use zed_extension_api as zed;

struct Camus;

impl zed::Extension for Camus {
    fn new() -> Self {
        Camus
    }

    fn language_server_command(
        &mut self,
        _server: &zed::LanguageServerId,
        worktree: &zed::Worktree,
    ) -> zed::Result<zed::Command> {
        let command = worktree
            .which("camus")
            .ok_or_else(|| "camus is not on the PATH".to_string())?;
        Ok(zed::Command {
            command,
            args: vec!["serve".to_string()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Camus);
