-- Drives Neovim, from 0.7 on, through its own front doors (buf.code_action, buf.hover, undo) and
-- writes what came of it as JSON. CAMUS_COMMAND is the server's command as JSON, CAMUS_FILE the
-- file to open, CAMUS_OUT where to write; the function named by CAMUS_STORY is what is done.

local lsp, api = vim.lsp, vim.api
local WAIT = 45000 -- for states only; a busy machine takes long to reach them
local told = {} -- every message shown to the user
local decode = vim.json and vim.json.decode or vim.fn.json_decode

vim.notify = function(text)
  table.insert(told, text)
end

local shown = lsp.handlers['window/showMessage']
lsp.handlers['window/showMessage'] = function(err, result, ...)
  table.insert(told, result.message)
  return shown(err, result, ...)
end

local function wait(what, done)
  if not vim.wait(WAIT, done, 10) then
    error('waited in vain for ' .. what .. '; told: ' .. vim.inspect(told))
  end
end

local function text()
  return table.concat(api.nvim_buf_get_lines(0, 0, -1, true), '\n') .. '\n'
end

local function clients()
  local find = lsp.get_clients or lsp.get_active_clients
  return vim.tbl_values(find())
end

local function attach()
  local command = decode(vim.env.CAMUS_COMMAND)
  local root = vim.fn.fnamemodify(vim.env.CAMUS_FILE, ':h')
  if lsp.config then -- as docs/editors/neovim.md says for 0.11 and newer
    vim.cmd('filetype on')
    lsp.config('camus', { cmd = command, filetypes = { 'python' }, root_markers = { '.git' } })
    lsp.enable('camus')
    vim.cmd('edit ' .. vim.env.CAMUS_FILE)
  else
    vim.cmd('edit ' .. vim.env.CAMUS_FILE)
    vim.bo.filetype = 'python'
    local setting = { name = 'camus', cmd = command, root_dir = root }
    if lsp.start then
      lsp.start(setting)
    else
      local id = lsp.start_client(setting)
      lsp.buf_attach_client(0, id)
    end
  end
  wait('the server', function()
    local client = clients()[1]
    return client ~= nil and lsp.buf_get_clients ~= nil and client.initialized ~= nil
      and client.server_capabilities ~= nil
  end)
end

-- The titles offered at a place, and a function that chooses the one that begins with some words.
local function offers(line, column, options)
  local items, choose
  vim.ui.select = function(all, _, chosen)
    items, choose = all, chosen
  end
  api.nvim_win_set_cursor(0, { line, column })
  lsp.buf.code_action(options)
  wait('code actions', function()
    return items ~= nil
  end)
  local titles = {}
  for index, item in ipairs(items) do
    titles[index] = (item.action or item[2]).title
  end
  return titles, function(words)
    for index, title in ipairs(titles) do
      if vim.startswith(title, words) then
        return choose(items[index], index)
      end
    end
    error('nothing begins with ' .. words .. ': ' .. vim.inspect(titles))
  end
end

local function changed_from(before)
  wait('a change', function()
    return text() ~= before
  end)
  return text()
end

local function undone()
  vim.cmd('silent undo')
  return text()
end

local stories = {}

function stories.document()
  local before = text()
  local titles, choose = offers(1, 5)
  choose('Document')
  local after = changed_from(before)
  return { titles = titles, before = before, after = after, undone = undone() }
end

function stories.fix()
  local before = text()
  local _, choose = offers(9, 5)
  choose('Review')
  wait('diagnostics', function()
    return #vim.diagnostic.get(0) > 0
  end)
  local rules = vim.tbl_map(function(each)
    return tostring(each.code)
  end, vim.diagnostic.get(0))
  local place = vim.diagnostic.get(0)[1]
  local titles, mend = offers(place.lnum + 1, place.col)
  mend('Fix')
  local after = changed_from(before)
  return { titles = titles, rules = rules, before = before, after = after, undone = undone() }
end

-- A diagnostic of another server, handed over by a key map.
function stories.foreign()
  local before = text()
  local start = before:find('f"plain"', 1, true)
  local line = vim.fn.byte2line(start)
  local column = start - vim.fn.line2byte(line)
  local range = { start = { line = line - 1, character = 0 }, ['end'] = { line = line, character = 0 } }
  local found = { range = range, message = 'no placeholders', code = 'F541', source = 'other' }
  vim.diagnostic.set(api.nvim_create_namespace('other'), 0, {
    {
      lnum = line - 1,
      col = column,
      message = found.message,
      severity = vim.diagnostic.severity.WARN,
      user_data = { lsp = found },
    },
  })
  local all = {}
  for _, each in ipairs(vim.diagnostic.get(0, { lnum = line - 1 })) do
    table.insert(all, each.user_data and each.user_data.lsp)
  end
  local context = { diagnostics = all }
  local options = vim.fn.has('nvim-0.8') == 1 and { context = context } or context
  local titles, mend = offers(line, column, options)
  mend('Fix')
  return { titles = titles, before = before, after = changed_from(before), undone = undone() }
end

function stories.hover()
  api.nvim_win_set_cursor(0, { 1, 5 })
  lsp.buf.hover()
  local float
  wait('the hover', function()
    for _, window in ipairs(api.nvim_list_wins()) do
      if api.nvim_win_get_config(window).relative ~= '' then
        float = window
      end
    end
    return float ~= nil
  end)
  local lines = api.nvim_buf_get_lines(api.nvim_win_get_buf(float), 0, -1, true)
  return { hover = table.concat(lines, '\n') }
end

function stories.explain()
  local _, choose = offers(1, 5)
  local file, page = api.nvim_get_current_buf(), nil
  choose('Explain')
  wait('the explanation', function()
    for _, window in ipairs(api.nvim_list_wins()) do
      local buffer = api.nvim_win_get_buf(window)
      page = buffer ~= file and buffer or page
    end
    return #told > 0 or page ~= nil
  end)
  local lines = page and api.nvim_buf_get_lines(page, 0, -1, true) or told
  return { page = page and api.nvim_buf_get_name(page), text = table.concat(lines, '\n') }
end

-- The code is changed after the entries were offered and before one is chosen.
function stories.stale()
  local _, choose = offers(1, 5)
  api.nvim_buf_set_lines(0, 0, 1, true, { 'def volume(width: int, height: int) -> int:' })
  local before = text()
  choose('Document')
  wait('a refusal', function()
    return #told > 0
  end)
  vim.wait(200)
  return { before = before, after = text(), told = told }
end

-- Lines above move the target, which must not stop the edit.
function stories.moved()
  local _, choose = offers(1, 5)
  api.nvim_buf_set_lines(0, 0, 0, true, { '# 日本語 😀', '' })
  vim.cmd('let &undolevels = &undolevels') -- what follows is a step of its own
  local before = text()
  choose('Document')
  return { before = before, after = changed_from(before), undone = undone() }
end

local function main()
  attach()
  local result = stories[vim.env.CAMUS_STORY]()
  local client = clients()[1]
  result.encoding = client.offset_encoding
  client.stop(client)
  vim.wait(WAIT, function()
    return #clients() == 0
  end, 10)
  result.stopped = #clients() == 0
  return result
end

local fine, result = xpcall(main, debug.traceback)
if not fine then
  result = { error = tostring(result) }
end
local encode = vim.json and vim.json.encode or vim.fn.json_encode
local out = assert(io.open(vim.env.CAMUS_OUT, 'w'))
out:write(encode(result))
out:close()
vim.cmd('qall!')
