-- Camus in Neovim: the functions for an init.lua. See :help camus.
local M = {}

-- Starts Camus for the file types it knows; every option is optional.
function M.setup(given)
  require('camus.options').set(given)
  require('camus.server').enable()
end

-- One short text for a status line; empty where Camus is not attached.
function M.status(buffer)
  return require('camus.status').text(buffer)
end

-- The same as a table {attached, model, place, pipeline, lock, busy}.
function M.state(buffer)
  return require('camus.status').state(buffer)
end

-- The code actions at the cursor, with the diagnostics of every server and linter.
function M.code_action()
  require('camus.actions').menu()
end

-- Like :Camus, for key maps: run('document'), run('modify', 'use early returns').
function M.run(name, words)
  require('camus.command').run({ args = vim.trim(name .. ' ' .. (words or '')), range = 0, bang = false })
end

return M
