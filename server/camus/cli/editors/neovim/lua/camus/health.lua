-- :checkhealth camus.
local compat = require('camus.compat')
local options = require('camus.options')
local status = require('camus.status')
local work = require('camus.work')

local M = {}
local health = vim.health or require('health')
local start = health.start or health.report_start
local ok = health.ok or health.report_ok
local info = health.info or health.report_info
local warn = health.warn or health.report_warn
local failed = health.error or health.report_error

local function check_neovim()
  local version = vim.version()
  local words = ('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch)
  if vim.fn.has('nvim-0.11') == 1 then
    ok(words .. ': started by vim.lsp.enable')
  elseif vim.fn.has('nvim-0.8') == 1 then
    ok(words .. ': started by vim.lsp.start')
  else
    warn(words .. ': started by vim.lsp.start_client; 0.8 or newer is better')
  end
end

local function check_program()
  local command = options.values.cmd
  if vim.fn.executable(command[1]) ~= 1 then
    failed(('`%s` was not found'):format(command[1]), {
      'install Camus, or name its full path: require("camus").setup({ cmd = { "/path/to/camus", "serve" } })',
    })
    return
  end
  ok('the server is `' .. table.concat(command, ' ') .. '`')
  local asked = vim.list_extend(vim.list_slice(command, 1, #command - 1), { '--version' })
  local told = vim.trim(vim.fn.system(asked))
  if vim.v.shell_error == 0 then
    ok('its version: ' .. told)
  else
    failed('it does not start: ' .. vim.split(told, '\n')[1])
  end
end

local function tell_model(model)
  local friendly = compat.value(model.friendly)
  local words = ('model %s (%s, %s)'):format(model.name, friendly or model.name, model.place)
  if model.ready then
    ok(words)
  else
    warn(words .. ': ' .. (compat.value(model.problem) or 'not ready'))
  end
end

local function check_models(buffer)
  local models = work.quickly('camus.models', buffer, 5000)
  if not models then
    return info('the models are not told; `camus doctor` tells them')
  end
  if #models == 0 then
    return warn('no model is ready: the built-in rules answer', { '`camus doctor` says what to do' })
  end
  for _, model in ipairs(models) do
    tell_model(model)
  end
end

-- :checkhealth has a buffer of its own, so this looks at every client.
local function check_clients()
  local clients = compat.clients()
  if #clients == 0 then
    warn('no buffer is attached', {
      'open a file of one of these types: ' .. table.concat(options.values.filetypes, ', '),
      'call require("camus").setup() in your init.lua',
    })
    return
  end
  for _, client in ipairs(clients) do
    local buffers = vim.lsp.get_buffers_by_client_id(client.id)
    ok(('attached to %d buffer%s in %s'):format(#buffers, #buffers == 1 and '' or 's', client.config.root_dir or '?'))
    if buffers[1] then
      info('status line: ' .. status.text(buffers[1]))
      check_models(buffers[1])
    end
  end
end

function M.check()
  start('Camus')
  check_neovim()
  check_program()
  check_clients()
end

return M
