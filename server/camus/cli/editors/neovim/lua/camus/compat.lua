-- Where Neovim 0.7 to 0.12 differ; knows nothing of Camus but its name.
local M = {}

local methods = vim.fn.has('nvim-0.11') == 1 -- clients are objects with methods from there on

M.NAME = 'camus'
M.uv = vim.uv or vim.loop
M.diff = vim.text and vim.text.diff or vim.diff

-- The initialized clients of Camus, of one buffer or of all.
function M.clients(buffer)
  local all = vim.lsp.get_clients and vim.lsp.get_clients({ name = M.NAME })
    or vim.lsp.get_active_clients()
  local found = {}
  for _, client in pairs(all) do
    if client.name == M.NAME and (not buffer or vim.lsp.buf_is_attached(buffer, client.id)) then
      table.insert(found, client)
    end
  end
  return found
end

local function call(client, method, ...)
  if methods then
    return client[method](client, ...)
  end
  return client[method](...)
end

-- Sends a request; its id, or nothing when the server is gone.
function M.request(client, method, params, handler, buffer)
  local sent, id = call(client, 'request', method, params, handler, buffer)
  return sent and id or nil
end

function M.cancel(client, id)
  return call(client, 'cancel_request', id)
end

function M.stop(client, force)
  return call(client, 'stop', force)
end

-- A request that is waited for; nothing when it fails or takes longer than the milliseconds.
function M.request_sync(client, method, params, milliseconds, buffer)
  local answer = call(client, 'request_sync', method, params, milliseconds, buffer)
  return answer and not answer.err and answer.result or nil
end

-- A byte column of a line as a column of the client's encoding.
function M.column(line, byte, encoding)
  byte = math.min(byte, #line)
  if encoding == 'utf-8' then
    return byte
  end
  local utf32, utf16 = vim.str_utfindex(line, byte)
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.str_utfindex(line, encoding, byte)
  end
  return encoding == 'utf-32' and utf32 or utf16
end

-- JSON's null as nil.
function M.value(given)
  if given == vim.NIL then
    return nil
  end
  return given
end

return M
