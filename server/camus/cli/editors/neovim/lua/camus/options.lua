-- What a user may set with setup(), and what holds otherwise.
local M = {}

M.values = {
  -- How the server is started.
  cmd = { 'camus', 'serve' },
  filetypes = {
    'bash', 'c', 'cpp', 'cs', 'go', 'java', 'javascript', 'javascriptreact', 'kotlin', 'lua', 'php',
    'python', 'ruby', 'rust', 'sh', 'typescript', 'typescriptreact',
  },
  -- The nearest folder with one of these is the workspace.
  root_markers = { '.camus', '.git', 'pyproject.toml', 'package.json' },
  -- Camus's own configuration, in the spelling of .camus/config.yml.
  settings = {},
  -- Added to what Neovim declares; for instance a completion plugin's.
  capabilities = {},
  -- Called with the client and the buffer.
  on_attach = nil,
  -- So often within five minutes a server that died is started again by itself.
  restarts = 3,
  -- The keys of the preview; an empty list takes one away.
  keys = {
    take = { 'a' },
    leave = { 'r' },
    take_all = { 'A' },
    leave_all = { 'R' },
    next = { ']c', '<Tab>' },
    previous = { '[c', '<S-Tab>' },
    apply = { '<CR>' },
    why = { 'K' },
    close = { 'q' },
  },
}

function M.set(given)
  for name in pairs(given or {}) do
    if M.values[name] == nil and name ~= 'on_attach' then
      local known = vim.tbl_keys(M.values)
      table.sort(known)
      error(('camus: there is no option %s; there are %s'):format(name, table.concat(known, ', ')), 0)
    end
  end
  M.values = vim.tbl_deep_extend('force', M.values, given or {})
end

return M
