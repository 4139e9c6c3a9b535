-- A scratch window with an answer as a diff, of which each hunk can be taken or left.
local api = vim.api
local compat = require('camus.compat')
local hunks = require('camus.hunks')
local options = require('camus.options')

local M = {}
local SPACE = api.nvim_create_namespace('camus-preview')
local KEYS = { -- the order in which they are shown
  { 'take', 'take' },
  { 'leave', 'leave' },
  { 'take_all', 'take all' },
  { 'leave_all', 'leave all' },
  { 'next', 'next' },
  { 'apply', 'apply' },
  { 'why', 'why' },
  { 'close', 'close' },
}

local BAR = vim.fn.has('nvim-0.8') == 1
local PLAIN = { -- options of the window
  number = false,
  relativenumber = false,
  wrap = false,
  signcolumn = 'no',
  foldenable = false,
  list = false,
}

-- The edits of one file without their annotations: this view is the confirmation they ask for.
local function text_edits(edit, uri)
  local found = (edit.changes or {})[uri] or {}
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.textDocument and change.textDocument.uri == uri then
      found = change.edits
    end
  end
  return vim.tbl_map(function(each)
    return { range = each.range, newText = each.newText }
  end, found)
end

-- What an answer does to other files, as a workspace edit; nothing when it has one file only.
local function elsewhere(edit, uri)
  local rest = { changes = {}, documentChanges = {} }
  for other, edits in pairs(edit.changes or {}) do
    rest.changes[other] = other ~= uri and edits or nil
  end
  for _, change in ipairs(edit.documentChanges or {}) do
    if not (change.textDocument and change.textDocument.uri == uri) then
      change = vim.deepcopy(change)
      change.annotationId = nil
      for _, each in ipairs(change.edits or {}) do
        each.annotationId = nil -- this view is the confirmation they ask for
      end
      table.insert(rest.documentChanges, change)
    end
  end
  if #rest.documentChanges > 0 then
    return { documentChanges = rest.documentChanges }
  end
  return next(rest.changes) and { changes = rest.changes } or nil
end

-- The names of the other files of an answer, for the view.
local function names(answer)
  return vim.tbl_map(function(each)
    local name = vim.fn.fnamemodify(vim.uri_to_fname(each.uri), ':.')
    return each.created and name .. ' (new)' or name
  end, compat.value(answer.files) or {})
end

-- The lines that a buffer would have with the edit of an answer.
local function with_edit(buffer, edit, encoding)
  local copy = api.nvim_create_buf(false, true)
  vim.bo[copy].undolevels = -1
  vim.bo[copy].eol = vim.bo[buffer].eol
  api.nvim_buf_set_lines(copy, 0, -1, false, api.nvim_buf_get_lines(buffer, 0, -1, false))
  vim.lsp.util.apply_text_edits(text_edits(edit, vim.uri_from_bufnr(buffer)), copy, encoding)
  local lines = api.nvim_buf_get_lines(copy, 0, -1, false)
  api.nvim_buf_delete(copy, { force = true })
  return lines
end

local View = {}
View.__index = View

local function key_line()
  local shown = {}
  for _, key in ipairs(KEYS) do
    local first = options.values.keys[key[1]][1]
    if first then
      table.insert(shown, ('%s %s'):format(first, key[2]))
    end
  end
  return table.concat(shown, '   ')
end

function View:headline()
  local answer = self.answer
  local parts = { self.title }
  if type(answer.score) == 'number' then
    table.insert(parts, ('quality %.2f'):format(answer.score))
  end
  table.insert(parts, answer.model)
  if answer.needsConfirmation == true then
    table.insert(parts, 'below the threshold: look closely')
  end
  return table.concat(parts, ' · ')
end

-- Writes the whole diff once and remembers where each hunk begins. The keys stand in the window's
-- bar, where Neovim has one, so that they stay when the diff is scrolled.
function View:draw()
  local lines = { self:headline() }
  if not BAR then
    table.insert(lines, key_line())
  end
  if self.elsewhere then
    table.insert(lines, 'With what is applied here, also: ' .. table.concat(names(self.answer), ', '))
  end
  self.starts = {}
  for index in ipairs(self.hunks) do
    table.insert(lines, '')
    self.starts[index] = #lines + 1
    vim.list_extend(lines, hunks.show(self.hunks, index, self.before, self.after))
  end
  vim.bo[self.buffer].modifiable = true
  api.nvim_buf_set_lines(self.buffer, 0, -1, false, lines)
  vim.bo[self.buffer].modifiable = false
  return #lines
end

-- Marks the hunks that are taken and those that are left.
function View:mark()
  api.nvim_buf_clear_namespace(self.buffer, SPACE, 0, -1)
  local function paint(line, group)
    local length = #api.nvim_buf_get_lines(self.buffer, line, line + 1, true)[1]
    api.nvim_buf_set_extmark(self.buffer, SPACE, line, 0, { end_col = length, hl_group = group })
  end
  paint(0, 'Title')
  for index, hunk in ipairs(self.hunks) do
    local words = hunk.taken and { 'taken', 'CamusTaken' } or { 'left', 'CamusLeft' }
    api.nvim_buf_set_extmark(self.buffer, SPACE, self.starts[index] - 1, 0, {
      virt_text = { { ' ' .. words[1], words[2] } },
    })
    if not hunk.taken then
      local stop = (self.starts[index + 1] or api.nvim_buf_line_count(self.buffer) + 2) - 2
      for line = self.starts[index], stop - 1 do
        paint(line, 'CamusLeft')
      end
    end
  end
end

function View:current()
  local line = api.nvim_win_get_cursor(0)[1]
  local index = 1
  for each, start in ipairs(self.starts) do
    if start <= line then
      index = each
    end
  end
  return index
end

function View:go(index)
  index = math.max(1, math.min(index, #self.starts))
  api.nvim_win_set_cursor(0, { self.starts[index], 0 })
  if index == 1 then
    vim.fn.winrestview({ topline = 1 }) -- the headline too
  end
end

function View:set(taken)
  local index = self:current()
  self.hunks[index].taken = taken
  self:mark()
  self:go(index + 1)
end

function View:set_all(taken)
  for _, hunk in ipairs(self.hunks) do
    hunk.taken = taken
  end
  self:mark()
end

function View:why()
  require('camus.actions').why(self.answer.id, self.target)
end

-- Closes the view; the answer counts as rejected unless something of it was applied.
function View:close()
  if self.buffer and api.nvim_buf_is_valid(self.buffer) then
    api.nvim_buf_delete(self.buffer, { force = true })
  end
end

function View:closed()
  if not self.over then
    self.over = true
    require('camus.actions').feedback('rejected', self.answer.id, self.target)
  end
end

local function same(buffer, before)
  return api.nvim_buf_is_valid(buffer)
    and api.nvim_buf_is_loaded(buffer)
    and vim.deep_equal(api.nvim_buf_get_lines(buffer, 0, -1, false), before)
end

-- Changes the other files' buffers, which are not written yet; what is to be told of that.
function View:apply_elsewhere()
  if not self.elsewhere then
    return ''
  end
  vim.lsp.util.apply_workspace_edit(self.elsewhere, self.encoding)
  for _, each in ipairs(compat.value(self.answer.files) or {}) do
    local buffer = vim.uri_to_bufnr(each.uri)
    local count = api.nvim_buf_line_count(buffer)
    -- Neovim takes the line break at the end of a new text for an empty line.
    if each.created and count > 1 and api.nvim_buf_get_lines(buffer, -2, -1, false)[1] == '' then
      api.nvim_buf_set_lines(buffer, -2, -1, false, {})
    end
  end
  return (' Changed too: %s; :wa writes them.'):format(table.concat(names(self.answer), ', '))
end

-- Changes the file's buffer as chosen, in one step of its undo; refuses a buffer that has changed.
function View:apply()
  local title = self.title
  if not same(self.target, self.before) then
    vim.notify(title .. ': the code was changed meanwhile; nothing was applied, ask again.', vim.log.levels.WARN)
    return false
  end
  if not vim.bo[self.target].modifiable then
    vim.notify(title .. ': the buffer cannot be changed.', vim.log.levels.WARN)
    return false
  end
  local changes = hunks.changes(self.hunks, self.after)
  if #changes == 0 then
    vim.notify(title .. ': nothing is taken; q closes.', vim.log.levels.INFO)
    return false
  end
  api.nvim_buf_call(self.target, function()
    vim.cmd('let &undolevels = &undolevels') -- what came before stays a step of its own
    for _, change in ipairs(changes) do
      api.nvim_buf_set_lines(self.target, change.first - 1, change.last, true, change.lines)
    end
  end)
  local also = self:apply_elsewhere()
  self.over = true
  self:close()
  vim.notify(('%s: %d of %d hunks applied.%s'):format(title, #changes, #self.hunks, also), vim.log.levels.INFO)
  require('camus.actions').feedback('accepted', self.answer.id, self.target)
  return true
end

function View:map()
  local acts = {
    take = function() self:set(true) end,
    leave = function() self:set(false) end,
    take_all = function() self:set_all(true) end,
    leave_all = function() self:set_all(false) end,
    next = function() self:go(self:current() + 1) end,
    previous = function() self:go(self:current() - 1) end,
    apply = function() self:apply() end,
    why = function() self:why() end,
    close = function() self:close() end,
  }
  for name, act in pairs(acts) do
    for _, key in ipairs(options.values.keys[name] or {}) do
      vim.keymap.set('n', key, act, { buffer = self.buffer, nowait = true, silent = true, desc = 'Camus: ' .. name })
    end
  end
end

function View:open()
  self.buffer = api.nvim_create_buf(false, true)
  vim.bo[self.buffer].bufhidden = 'wipe'
  api.nvim_buf_set_name(self.buffer, ('camus://%s/%s'):format(self.answer.action, self.answer.id))
  local count = self:draw()
  local wide = vim.o.columns >= 160
  vim.cmd(wide and 'botright vsplit' or 'botright split')
  local window = api.nvim_get_current_win()
  api.nvim_win_set_buf(window, self.buffer)
  if not wide then
    api.nvim_win_set_height(window, math.min(count, math.floor(vim.o.lines * 0.6)))
  end
  for name, value in pairs(PLAIN) do
    vim.wo[window][name] = value
  end
  if BAR then
    vim.wo[window].winbar = key_line():gsub('%%', '%%%%') .. '%<'
  end
  api.nvim_set_hl(0, 'CamusTaken', { default = true, fg = '#56b6c2', ctermfg = 6 })
  api.nvim_set_hl(0, 'CamusLeft', { default = true, fg = '#7f848e', ctermfg = 8 })
  vim.bo[self.buffer].filetype = 'diff'
  self:map()
  self:mark()
  self:go(1)
  api.nvim_create_autocmd('BufWipeout', {
    buffer = self.buffer,
    once = true,
    callback = function()
      vim.schedule(function()
        self:closed()
      end)
    end,
  })
end

-- The view of an answer of camus.preview to {title, buffer, before, encoding}: `before` are the
-- lines the question was asked about. Nothing when the buffer has changed since, which is told.
function M.view(answer, asked)
  if not same(asked.buffer, asked.before) then
    vim.notify(asked.title .. ': the code was changed meanwhile; ask again.', vim.log.levels.WARN)
    return nil
  end
  local after = with_edit(asked.buffer, answer.edit, asked.encoding)
  return setmetatable({
    answer = answer,
    title = asked.title,
    target = asked.buffer,
    before = asked.before,
    after = after,
    hunks = hunks.of(asked.before, after),
    elsewhere = elsewhere(answer.edit, vim.uri_from_bufnr(asked.buffer)),
    encoding = asked.encoding,
  }, View)
end

return M
