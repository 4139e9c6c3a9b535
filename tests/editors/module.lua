-- Drives the installed module (:Camus and what it opens) in a headless Neovim, as a user would, and
-- writes what came of it as JSON. CAMUS_FILE is the file to open, CAMUS_OUT where to write; the
-- function named by CAMUS_STORY is what is done. Prompts are answered from `answers`.

local api = vim.api
local WAIT = 45000 -- for states only; a busy machine takes long to reach them
local told, prompts, answers = {}, {}, {}
local camus = require('camus')
local compat = require('camus.compat')

vim.notify = function(words)
  table.insert(told, words)
end

local function answer(question, titles)
  table.insert(prompts, { question = question, titles = titles })
  local wanted = table.remove(answers, 1)
  for index, title in ipairs(titles) do
    if title == wanted then
      return index
    end
  end
end

vim.ui.select = function(items, options, chosen)
  local titles = vim.tbl_map(options.format_item or tostring, items)
  local index = answer(options.prompt, titles)
  chosen(index and items[index] or nil, index)
end

vim.fn.confirm = function(question, choices) -- Neovim 0.8 and older ask so
  local titles = vim.tbl_map(function(each)
    return (each:gsub('^&%d ', ''))
  end, vim.split(choices, '\n'))
  return answer(question, titles) or 0
end

local function wait(what, done)
  if not vim.wait(WAIT, done, 10) then
    error('waited in vain for ' .. what .. '; told: ' .. vim.inspect(told))
  end
end

local function lines(buffer)
  return table.concat(api.nvim_buf_get_lines(buffer or 0, 0, -1, true), '\n') .. '\n'
end

local file -- the buffer of the file

local function windows(matches)
  for _, window in ipairs(api.nvim_list_wins()) do
    if matches(window, api.nvim_win_get_buf(window)) then
      return window
    end
  end
end

local function float()
  return windows(function(window)
    return api.nvim_win_get_config(window).relative ~= ''
  end)
end

local function preview()
  return windows(function(_, buffer)
    return vim.startswith(api.nvim_buf_get_name(buffer), 'camus://')
  end)
end

local function keys(typed)
  api.nvim_feedkeys(api.nvim_replace_termcodes(typed, true, false, true), 'xm', false)
end

local function at(words)
  local line = vim.fn.search('\\V' .. words, 'cw')
  assert(line > 0, 'nowhere: ' .. words)
end

-- Runs a command of :Camus and waits for its preview.
local function previewed(command)
  vim.cmd(command)
  wait('the preview', preview)
  api.nvim_set_current_win(preview())
  return lines()
end

local function heard(words)
  wait(words, function()
    for _, each in ipairs(told) do
      if each:find(words, 1, true) then
        return true
      end
    end
  end)
end

local function change_of(before)
  wait('a change', function()
    return lines(file) ~= before
  end)
  return lines(file)
end

local function undone()
  api.nvim_buf_call(file, function()
    vim.cmd('silent undo')
  end)
  return lines(file)
end

-- What a command is completed with once the server knows its models; it may just be starting.
local function completed(command, wanted)
  local found
  wait(wanted, function()
    found = vim.fn.getcompletion(command, 'cmdline')
    return vim.tbl_contains(found, wanted)
  end)
  return found
end

local function server_processes()
  local own = compat.uv.os_getpid()
  local children = vim.fn.readfile(('/proc/%d/task/%d/children'):format(own, own))[1]
  return vim.tbl_map(tonumber, vim.split(vim.trim(children), ' '))
end

local function server_process()
  return server_processes()[1]
end

local stories = {}

-- A file that the words name, and one that they ask for.
function stories.several()
  local before = lines()
  at('def area')
  local shown = previewed('Camus modify turn the factors round, here and in other.py, and make new.py')
  keys('<CR>')
  local function text_of(name)
    local buffer = vim.fn.bufnr(name)
    return buffer > 0 and lines(buffer) or ''
  end
  wait('the other files', function()
    return text_of('other.py') ~= '' and text_of('new.py') ~= ''
  end)
  return {
    shown = shown,
    after = change_of(before),
    other = text_of('other.py'),
    new = text_of('new.py'),
    told = told,
  }
end

-- Three hunks, the second of which is left.
function stories.partly()
  at('class Box')
  local before = lines()
  local shown = previewed('Camus document')
  local bar = vim.fn.has('nvim-0.8') == 1 and vim.wo.winbar or ''
  keys(']c')
  keys('r')
  keys('<CR>')
  local after = change_of(before)
  local open = preview() ~= nil
  return { before = before, shown = bar .. shown, after = after, undone = undone(), open = open, told = told }
end

function stories.closed()
  at('class Box')
  local before = lines()
  previewed('Camus document')
  keys('q')
  wait('the end of the preview', function()
    return not preview()
  end)
  vim.cmd('Camus why')
  wait('the page', float)
  return { before = before, after = lines(file), page = lines(api.nvim_win_get_buf(float())) }
end

function stories.fix()
  local before = lines()
  at('return f"simple"')
  local row, column = unpack(api.nvim_win_get_cursor(0))
  vim.diagnostic.set(api.nvim_create_namespace('linter'), 0, {
    {
      lnum = row - 1,
      end_lnum = row - 1,
      col = column + 7,
      end_col = column + 16,
      message = 'f-string without any placeholders',
      code = 'F541',
      source = 'linter',
      severity = vim.diagnostic.severity.WARN,
    },
  })
  local shown = previewed('Camus fix')
  keys('<CR>')
  return { before = before, shown = shown, after = change_of(before), undone = undone() }
end

function stories.refactor()
  local before = lines()
  at('def area')
  vim.cmd('Camus! refactor')
  local after = change_of(before)
  return { before = before, after = after, undone = undone(), open = preview() ~= nil }
end

-- Neovim 0.10 and newer show inlay hints.
function stories.hinted()
  vim.lsp.inlay_hint.enable(true)
  local hints
  wait('the hints', function()
    hints = vim.lsp.inlay_hint.get({ bufnr = file })
    return #hints > 0
  end)
  return {
    hints = vim.tbl_map(function(each)
      return each.inlay_hint.label
    end, hints),
  }
end

-- Every file of the workspace; the other one is then changed beside the editor.
function stories.swept()
  local other = vim.fn.fnamemodify(vim.env.CAMUS_FILE, ':h') .. '/other.py'
  local function found()
    return vim.tbl_filter(function(each)
      return api.nvim_buf_get_name(each.bufnr) == other
    end, vim.diagnostic.get())
  end
  vim.cmd('Camus review workspace security')
  heard('Review of the workspace: ')
  wait('diagnostics', function()
    return #found() > 0
  end)
  wait('the quickfix list', function()
    return #vim.fn.getqflist() > 0
  end)
  local rules = vim.tbl_map(function(each)
    return tostring(each.code or vim.tbl_get(each, 'user_data', 'lsp', 'code'))
  end, found())
  local listed = vim.fn.bufname(vim.fn.getqflist()[1].bufnr)
  vim.fn.writefile({ 'x = 1' }, other)
  wait('the end of the diagnostics', function()
    return #found() == 0
  end)
  vim.cmd('Camus review beauty')
  return { rules = rules, listed = listed, told = told }
end

function stories.told()
  at('def area')
  vim.lsp.buf.hover()
  wait('the hover', float)
  local hover = lines(api.nvim_win_get_buf(float()))
  api.nvim_win_close(float(), true)
  vim.cmd('Camus explain')
  wait('the explanation', function()
    return float() and lines(api.nvim_win_get_buf(float())):find('area', 1, true)
  end)
  local page = lines(api.nvim_win_get_buf(float()))
  keys('q')
  return { hover = hover, page = page, closed = float() == nil, status = camus.status(file) }
end

-- The words in the window while the model still writes.
function stories.streamed()
  at('def area')
  vim.cmd('Camus explain')
  local seen = {}
  wait('the end', function()
    if not float() then
      return false
    end
    local now = lines(api.nvim_win_get_buf(float()))
    if seen[#seen] ~= now then
      table.insert(seen, now)
    end
    return now:find('\n---\n', 1, true) ~= nil
  end)
  return { seen = seen }
end

function stories.selected()
  local result = { before = camus.state() }
  local function chosen(pipeline, expected)
    vim.cmd('Camus pipeline ' .. pipeline)
    wait('the pipeline', function()
      return (camus.state().pipeline or '') == expected
    end)
    return camus.state()
  end
  result.models = completed('Camus model ', 'quick')
  result.pipelines = completed('Camus pipeline ', 'careful')
  vim.cmd('Camus model quick')
  heard('Model: quick')
  wait('the lock', function()
    return camus.state().lock ~= false
  end)
  result.locked, result.text = camus.state(), camus.status()
  result.pipeline = chosen('careful', 'careful')
  result.pipelined = camus.status()
  vim.cmd('Camus clear-lock')
  heard('Camus chooses the model again')
  wait('the end of the lock', function()
    return not camus.state().lock
  end)
  result.cleared = camus.state()
  result.free = chosen('-', '')
  answers = { 'deep' }
  vim.cmd('Camus model')
  heard('Model: deep')
  result.prompts = prompts
  return result
end

function stories.completed()
  return {
    all = vim.fn.getcompletion('Camus ', 'cmdline'),
    some = vim.fn.getcompletion('Camus re', 'cmdline'),
    verdicts = vim.fn.getcompletion('Camus feedback ', 'cmdline'),
    reviews = vim.fn.getcompletion('Camus review workspace s', 'cmdline'),
    ranged = vim.fn.getcompletion('1,2Camus modi', 'cmdline'),
  }
end

local function asked()
  wait('the request', function()
    return vim.fn.getfsize(vim.env.CAMUS_SEEN) > 0
  end)
end

local function rested()
  wait('rest', function()
    return not camus.state(file).busy
  end)
  return { after = lines(file), told = told }
end

-- A model that never answers, stopped by the command.
function stories.cancelled()
  at('def area')
  vim.cmd('Camus refactor')
  asked()
  wait('work', function()
    return camus.state(file).busy
  end)
  local busy = camus.status(file)
  vim.cmd('Camus cancel')
  heard('Stopped')
  local result = rested()
  result.busy = busy
  return result
end

-- The same, stopped by closing the window that waits for it.
function stories.left()
  at('def area')
  vim.cmd('Camus explain')
  asked()
  local page = lines(api.nvim_win_get_buf(float()))
  keys('q')
  local result = rested()
  result.page = page
  return result
end

function stories.consent()
  at('def area')
  answers = { 'Not now' }
  vim.cmd('Camus model far')
  wait('the question', function()
    return #prompts > 0
  end)
  vim.cmd('Camus refactor')
  heard('Refactor: ') -- asked after the answer to the question was sent
  return { refused = camus.state().lock, prompts = prompts, told = told, after = lines(file) }
end

function stories.granted()
  at('def area')
  completed('Camus model ', 'far')
  local before = lines()
  answers = { 'Allow' }
  vim.cmd('Camus model far')
  heard('Model: far')
  vim.cmd('Camus! refactor')
  local after = change_of(before)
  local text = camus.status()
  vim.cmd('Camus consent')
  heard('localhost')
  return { prompts = prompts, after = after, text = text, told = told }
end

-- Asked because only consent is missing, not because a model was named.
function stories.offered()
  at('def area')
  local before = lines()
  answers = { 'Allow' }
  vim.cmd('Camus modify swap the factors')
  wait('the question', function()
    return #prompts > 0
  end)
  heard('Noted')
  vim.cmd('Camus model far')
  heard('Model: far')
  vim.cmd('Camus! modify swap the factors')
  return { prompts = prompts, after = change_of(before), told = told }
end

function stories.untrusted()
  wait('the question', function()
    return #prompts > 0
  end)
  local first = vim.fn.getcompletion('Camus model ', 'cmdline')
  vim.cmd('Camus trust yes')
  heard('is trusted')
  local second = completed('Camus model ', 'near')
  vim.cmd('Camus trust no')
  heard('is not trusted')
  return { prompts = prompts, first = first, second = second, told = told }
end

function stories.stale()
  at('class Box')
  previewed('Camus document')
  local view = api.nvim_get_current_buf()
  api.nvim_buf_set_lines(file, 0, 0, true, { '# changed' })
  local before = lines(file)
  api.nvim_set_current_buf(view)
  keys('<CR>')
  heard('changed meanwhile')
  return { before = before, after = lines(file), told = told, open = preview() ~= nil }
end

-- The text is changed while the model is at it; the model answers when it may.
function stories.overtaken()
  at('def area')
  vim.cmd('Camus! refactor')
  asked()
  api.nvim_buf_set_lines(0, 0, 1, true, { '# changed' })
  local before = lines(file)
  vim.fn.writefile({}, vim.env.CAMUS_GO)
  heard('changed')
  return { before = before, after = lines(file), told = told }
end

function stories.killed()
  local first = server_process()
  compat.uv.kill(first, 'sigkill')
  heard('started again')
  wait('another server', function()
    return #compat.clients(file) > 0 and server_process() ~= first
  end)
  at('def area')
  vim.cmd('Camus explain')
  wait('the explanation', function()
    return float() and lines(api.nvim_win_get_buf(float())):find('area', 1, true)
  end)
  local page = lines(api.nvim_win_get_buf(float()))
  keys('q')
  vim.cmd('Camus restart')
  wait('a third server', function()
    return #compat.clients(file) > 0
  end)
  return { page = page, told = told }
end

function stories.health()
  vim.cmd('checkhealth camus')
  local text = lines()
  vim.cmd('help camus-preview')
  return { health = text, help = lines(), status = camus.status(file), maps = #api.nvim_get_keymap('n') }
end

local function main()
  local maps = #api.nvim_get_keymap('n')
  answers = vim.env.CAMUS_ANSWERS and vim.split(vim.env.CAMUS_ANSWERS, ',') or {}
  vim.cmd('edit ' .. vim.env.CAMUS_FILE)
  file = api.nvim_get_current_buf()
  vim.bo.filetype = 'python'
  wait('the server', function()
    return #compat.clients(file) > 0
  end)
  local servers = #server_processes()
  local result = stories[vim.env.CAMUS_STORY]()
  result.servers = servers
  result.new_maps = #api.nvim_get_keymap('n') - maps
  for _, client in ipairs(compat.clients()) do
    compat.stop(client)
  end
  vim.wait(3000, function()
    return #compat.clients() == 0
  end, 10)
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
