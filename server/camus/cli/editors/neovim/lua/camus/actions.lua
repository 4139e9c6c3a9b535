-- What can be asked of Camus for a place in a buffer, and how each answer is shown.
local api = vim.api
local compat = require('camus.compat')
local float = require('camus.float')
local preview = require('camus.preview')
local server = require('camus.server')
local work = require('camus.work')

local M = {}

local function title_of(action)
  return (action:gsub('_', ' '):gsub('^%l', string.upper))
end

local function position(buffer, row, byte, encoding)
  local line = api.nvim_buf_get_lines(buffer, row, row + 1, false)[1] or ''
  return { line = row, character = compat.column(line, byte, encoding) }
end

-- The lines first to last (from 1) when a range was given, else the cursor.
local function range_of(buffer, lines, encoding)
  if lines then
    local last = math.min(lines[2], api.nvim_buf_line_count(buffer)) - 1
    return {
      start = position(buffer, lines[1] - 1, 0, encoding),
      ['end'] = position(buffer, last, math.huge, encoding),
    }
  end
  local row, column = unpack(api.nvim_win_get_cursor(0))
  local here = position(buffer, row - 1, column, encoding)
  return { start = here, ['end'] = here }
end

-- The diagnostics of every source on these lines, as the protocol has them.
local function diagnostics(buffer, range, encoding)
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(buffer)) do
    if each.lnum >= range.start.line and each.lnum <= range['end'].line then
      table.insert(found, {
        range = {
          start = position(buffer, each.lnum, each.col, encoding),
          ['end'] = position(buffer, each.end_lnum or each.lnum, each.end_col or each.col, encoding),
        },
        message = each.message,
        severity = each.severity,
        source = each.source,
        code = each.code or vim.tbl_get(each, 'user_data', 'lsp', 'code'),
      })
    end
  end
  return found
end

-- Asks for an answer that nobody applies; `done` gets it with what it was asked about.
local function ask(action, given, done)
  local window = given.window or api.nvim_get_current_win()
  local buffer = api.nvim_win_get_buf(window)
  server.with_client(buffer, function(client)
    if not api.nvim_win_is_valid(window) or api.nvim_win_get_buf(window) ~= buffer then
      return
    end
    local encoding = client.offset_encoding
    local asked = {
      title = given.title or title_of(action),
      buffer = buffer,
      before = api.nvim_buf_get_lines(buffer, 0, -1, false),
      encoding = encoding,
    }
    local range = api.nvim_win_call(window, function()
      return range_of(buffer, given.lines, encoding)
    end)
    work.execute({
      command = 'camus.preview',
      title = asked.title,
      buffer = buffer,
      stream = given.stream,
      progress = given.progress,
      argument = {
        uri = vim.uri_from_bufnr(buffer),
        range = range,
        action = action,
        instruction = given.instruction or '',
        diagnostics = action:match('^fix') and diagnostics(buffer, range, encoding) or {},
      },
    }, function(answer)
      done(answer, asked)
    end)
  end)
end

local function decline(answer, title)
  local words = compat.value(answer.message)
  local level = (answer.state == 'done' or answer.state == 'nothing') and 'INFO' or 'WARN'
  words = words and words ~= '' and words or 'there is nothing to change.'
  vim.notify(('%s: %s'):format(title, words), vim.log.levels[level])
end

-- Mends the diagnostics on the lines; without any there is nothing to ask.
function M.fix(given)
  local buffer = api.nvim_get_current_buf()
  local row = api.nvim_win_get_cursor(0)[1]
  local lines = given.lines or { row, row }
  local count = 0
  for _, each in ipairs(vim.diagnostic.get(buffer)) do
    count = count + ((each.lnum >= lines[1] - 1 and each.lnum < lines[2]) and 1 or 0)
  end
  if count == 0 then
    return vim.notify('Fix: no diagnostic here; :Camus review looks for problems.', vim.log.levels.INFO)
  end
  given.title = 'Fix'
  M.edit(count > 1 and 'fix_all' or 'fix', given)
end

-- An action that changes code, shown as a diff; applied at once with `now`.
function M.edit(action, given)
  ask(action, given, function(answer, asked)
    if not answer then
      return
    end
    if answer.state ~= 'done' or type(answer.edit) ~= 'table' then
      return decline(answer, asked.title)
    end
    local view = preview.view(answer, asked)
    if not view then
      return
    end
    if #view.hunks == 0 then
      return decline(answer, asked.title)
    end
    if given.now then
      view:apply()
    else
      view:open()
    end
  end)
end

local function split(text)
  return vim.split((text:gsub('\r', '')), '\n', { plain = true })
end

local function footer(answer)
  local score = type(answer.score) == 'number' and ('quality %.2f · '):format(answer.score) or ''
  return { '', '---', '', ('*%s%s*'):format(score, answer.model or '') }
end

-- What a partial result adds: its text, or the text so far.
local function grown(text, value)
  if type(value) == 'string' then
    return text .. value
  end
  if type(value) == 'table' and type(value.text) == 'string' then
    return value.replace and value.text or text .. value.text
  end
  return text
end

-- An action that tells something, shown in a floating window while it grows.
function M.text(action, given)
  local open, text, over = true, '', false
  given.window = api.nvim_get_current_win()
  local page = float.open(given.title or title_of(action), { '…' }, {
    on_close = function()
      open = false
      if not over then
        work.cancel()
      end
    end,
  })
  given.progress = function(words)
    if open and text == '' and not over then
      page:set({ words .. ' …' })
    end
  end
  given.stream = function(value)
    text = grown(text, value)
    if open and text ~= '' then
      page:set(split(text))
    end
  end
  ask(action, given, function(answer, asked)
    over = true
    if not answer then
      return page:close()
    end
    local told = compat.value(answer.text)
    if answer.state ~= 'done' or not told or told == '' then
      page:close()
      return decline(answer, asked.title)
    end
    if open then
      page:set(vim.list_extend(split(vim.trim(told)), footer(answer)))
    end
  end)
end

-- What may be reviewed beside the code at the cursor, and for what.
M.REVIEWS = { 'workspace', 'correctness', 'security', 'performance', 'style', 'consistency' }

-- Lists problems as diagnostics; the server tells how many. `aspects` are all when there are none.
function M.review(given)
  local buffer = api.nvim_get_current_buf()
  local aspects = given.aspects and #given.aspects > 0 and given.aspects or nil
  server.with_client(buffer, function(client)
    local range = range_of(buffer, given.lines, client.offset_encoding)
    local argument = { uri = vim.uri_from_bufnr(buffer), range = range, aspects = aspects }
    local job = { command = 'camus.review', argument = argument, title = 'Review', buffer = buffer }
    work.execute(job, function() end)
  end)
end

-- The same for every source file of the workspace, by the rules; the problems of all files go to
-- the quickfix list.
function M.review_workspace(given)
  local aspects = #given.aspects > 0 and given.aspects or nil
  local job = {
    command = 'camus.reviewWorkspace',
    argument = aspects and { aspects = aspects },
    title = 'Review',
    progress = function(words)
      api.nvim_echo({ { 'Camus: review ' .. words } }, false, {})
    end,
  }
  work.execute(job, function(answer)
    if answer and answer.findings and answer.findings > 0 then
      vim.diagnostic.setqflist({ open = true, title = 'Camus: review of the workspace' })
    end
  end)
end

-- Shows why an answer came from where it came; the last one without an id.
function M.why(id, buffer)
  local argument = { id = id or '' }
  work.execute({ command = 'camus.showDecision', argument = argument, title = 'Why', buffer = buffer }, function() end)
end

local last -- the id of the answer judged last, by hand or by the preview

-- Tells what the user thinks of an answer, or did with it.
function M.feedback(verdict, id, buffer, done)
  last = id or last
  if not last then
    return vim.notify('Camus has not answered anything yet.', vim.log.levels.INFO)
  end
  local argument = { id = last, verdict = verdict }
  local target = buffer and api.nvim_buf_is_valid(buffer) and buffer or nil
  if target and #compat.clients(target) == 0 then
    return
  end
  work.execute(
    { command = 'camus.feedback', argument = argument, title = 'Feedback', buffer = target },
    done or function() end
  )
end

-- Neovim's own menu of code actions, with the diagnostics of every server and linter: from 0.10 on
-- it tells a server only of that server's own.
function M.menu()
  local buffer = api.nvim_get_current_buf()
  local client = compat.clients(buffer)[1]
  if not client then
    return vim.lsp.buf.code_action()
  end
  local encoding = client.offset_encoding
  local row = api.nvim_win_get_cursor(0)[1] - 1
  local context = {
    diagnostics = diagnostics(buffer, { start = { line = row }, ['end'] = { line = row } }, encoding),
  }
  vim.lsp.buf.code_action(vim.fn.has('nvim-0.8') == 1 and { context = context } or context)
end

return M
