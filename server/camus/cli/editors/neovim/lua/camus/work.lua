-- Commands of the server: sending them, what they stream, and stopping them.
local compat = require('camus.compat')
local server = require('camus.server')

local M = {}
local CANCELLED, MODIFIED = -32800, -32801
local SLOW = 500 -- milliseconds after which it is said how to stop
local pending = {} -- by token
local streams = {} -- by partial result token
local count = 0

-- Hands a partial result to who waits for it; whether somebody did.
function M.partial(token, value)
  local stream = streams[token]
  if not stream then
    return false
  end
  stream(value)
  return true
end

-- Hands the words of progress to who asked to see them.
function M.progress(token, value)
  local work = pending[token]
  if work and work.progress and type(value.message) == 'string' then
    work.progress(value.message)
  end
end

local function end_of(token)
  local work = pending[token]
  if work and work.said then
    vim.api.nvim_echo({ { '' } }, false, {})
  end
  pending[token], streams[token .. '-partial'] = nil, nil
  return work
end

local function complain(title, err)
  local words = err.message or vim.inspect(err)
  if err.code == CANCELLED then
    words = 'stopped.'
  elseif err.code == MODIFIED then
    words = ('the code was changed meanwhile; ask again (%s).'):format(words)
  end
  vim.notify(('%s: %s'):format(title, words), vim.log.levels.WARN)
end

local function say_how_to_stop(token, title)
  vim.defer_fn(function()
    local work = pending[token]
    if work then
      work.said = true
      vim.api.nvim_echo({ { ('Camus: %s … :Camus cancel stops it'):format(title) } }, false, {})
    end
  end, SLOW)
end

local function send(client, job, done)
  count = count + 1
  local token = ('camus-nvim-%d'):format(count)
  if job.stream then
    streams[token .. '-partial'] = job.stream
  end
  local params = {
    command = job.command,
    arguments = { job.argument or vim.empty_dict() },
    partialResultToken = job.stream and token .. '-partial' or nil,
    workDoneToken = job.progress and token or nil,
  }
  pending[token] = { client = client, title = job.title, done = done, progress = job.progress }
  local id = compat.request(client, 'workspace/executeCommand', params, function(err, result)
    if not end_of(token) then
      return
    end
    if err then
      complain(job.title, err)
      return done(nil)
    end
    done(compat.value(result), true)
  end, job.buffer)
  if not id then
    end_of(token)
    vim.notify('Camus is not running; :Camus restart.', vim.log.levels.WARN)
    return done(nil)
  end
  pending[token].id = id
  say_how_to_stop(token, job.title)
end

-- Runs a command {command, argument, title, buffer, stream?, progress?}; `done` gets its answer and true, or
-- nothing when it failed or was stopped, which the user has been told then. Neovim 0.12 makes nil
-- of an answer that is false.
function M.execute(job, done)
  job.buffer = job.buffer or vim.api.nvim_get_current_buf()
  server.with_client(job.buffer, function(client)
    local known = (client.server_capabilities.executeCommandProvider or {}).commands or {}
    if not vim.tbl_contains(known, job.command) then
      vim.notify(('This Camus server has no %s; update it.'):format(job.command), vim.log.levels.WARN)
      return done(nil)
    end
    send(client, job, done)
  end)
end

-- The answer of a command that is waited for; nothing when it takes longer than the milliseconds.
function M.quickly(command, buffer, milliseconds)
  local client = compat.clients(buffer)[1]
  if not client then
    return nil
  end
  local params = { command = command, arguments = {} }
  return compat.value(compat.request_sync(client, 'workspace/executeCommand', params, milliseconds, buffer))
end

-- Stops everything that was asked for here; how many there were.
function M.cancel()
  local stopped = 0
  for token, work in pairs(pending) do
    compat.cancel(work.client, work.id)
    end_of(token)
    work.done(nil)
    stopped = stopped + 1
  end
  return stopped
end

-- A server is gone, and with it what it was asked.
function M.forget(client_id)
  for token, work in pairs(pending) do
    if work.client.id == client_id then
      end_of(token)
      work.done(nil)
    end
  end
end

return M
