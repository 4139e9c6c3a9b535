-- What the server tells of itself, kept for the status line.
local compat = require('camus.compat')

local M = {}
local states = {} -- by client id
local working = {} -- tokens of progress, by client id

local function tell()
  vim.schedule(function()
    vim.cmd('doautocmd <nomodeline> User CamusStatus')
    vim.cmd('redrawstatus!')
  end)
end

-- The notification camus/status.
function M.update(client_id, state)
  states[client_id] = state
  tell()
end

-- A piece of work the server shows progress for; covers servers that do not tell `busy`.
function M.progress(client_id, token, kind)
  local tokens = working[client_id] or {}
  tokens[token] = kind ~= 'end' or nil
  working[client_id] = tokens
  tell()
end

function M.forget(client_id)
  states[client_id], working[client_id] = nil, nil
  tell()
end

-- A table {attached, model, place, pipeline, lock, busy} for the buffer.
function M.state(buffer)
  local client = compat.clients(buffer or vim.api.nvim_get_current_buf())[1]
  if not client then
    return { attached = false }
  end
  local told = states[client.id] or {}
  local busy = compat.value(told.busy)
  return {
    attached = true,
    model = compat.value(told.friendly) or compat.value(told.model),
    specialist = compat.value(told.specialist),
    place = compat.value(told.place),
    pipeline = compat.value(told.pipeline),
    lock = compat.value(told.lock) or false,
    busy = (busy ~= nil and busy ~= false and busy ~= 0) or next(working[client.id] or {}) ~= nil,
  }
end

local function filled(text)
  return type(text) == 'string' and text ~= ''
end

-- One short text for a status line; empty where Camus is not attached, `Camus` alone before the
-- first answer.
function M.text(buffer)
  local state = M.state(buffer)
  if not state.attached then
    return ''
  end
  local parts = {}
  if state.place == 'rules' then
    parts = { 'rules' }
  elseif filled(state.model) then
    parts = { filled(state.place) and ('%s (%s)'):format(state.model, state.place) or state.model }
  end
  if filled(state.pipeline) then
    table.insert(parts, 'pipeline ' .. state.pipeline)
  end
  if state.lock and state.lock ~= '' then
    table.insert(parts, 'locked')
  end
  if state.busy then
    table.insert(parts, 'busy')
  end
  return vim.trim('Camus ' .. table.concat(parts, ' · '))
end

return M
