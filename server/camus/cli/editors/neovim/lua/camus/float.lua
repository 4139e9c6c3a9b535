-- A floating window with Markdown in it, which may still grow.
local api = vim.api

local M = {}
local shown -- the one window there is

local function size(lines)
  local width = 40
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  width = math.min(width, 96, vim.o.columns - 6)
  local height = 0
  for _, line in ipairs(lines) do
    height = height + math.max(1, math.ceil(vim.fn.strdisplaywidth(line) / width))
  end
  return width, math.max(1, math.min(height, math.floor(vim.o.lines * 0.7)))
end

local function place(lines, title)
  local width, height = size(lines)
  local config = {
    relative = 'editor',
    style = 'minimal',
    border = 'rounded',
    width = width,
    height = height,
    row = math.max(0, math.floor((vim.o.lines - height) / 2) - 2),
    col = math.max(0, math.floor((vim.o.columns - width) / 2) - 1),
  }
  if vim.fn.has('nvim-0.9') == 1 then
    config.title = (' %s '):format(title)
  end
  if vim.fn.has('nvim-0.10') == 1 then
    config.footer = ' q closes '
    config.footer_pos = 'right'
  end
  return config
end

-- Neovim's own file type plugin complains loudly where the Markdown parser is not installed.
local function colour(buffer)
  api.nvim_buf_call(buffer, function()
    vim.cmd('silent! setlocal filetype=markdown')
  end)
  if not (vim.treesitter and vim.treesitter.start and pcall(vim.treesitter.start, buffer, 'markdown')) then
    vim.bo[buffer].syntax = 'markdown'
  end
end

local Page = {}
Page.__index = Page

function Page:valid()
  return api.nvim_win_is_valid(self.window) and api.nvim_buf_is_valid(self.buffer)
end

-- Replaces the text; nothing happens once the user has closed the window.
function Page:set(lines)
  if not self:valid() then
    return
  end
  vim.bo[self.buffer].modifiable = true
  api.nvim_buf_set_lines(self.buffer, 0, -1, false, lines)
  vim.bo[self.buffer].modifiable = false
  local config = place(lines, self.title)
  api.nvim_win_set_config(self.window, config)
end

function Page:close()
  if api.nvim_win_is_valid(self.window) then
    api.nvim_win_close(self.window, true)
  end
end

-- Opens a window with these lines and closes the one before. `options` are {focus, on_close}.
function M.open(title, lines, options)
  if shown then
    shown:close()
  end
  local buffer = api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = 'wipe'
  local window = api.nvim_open_win(buffer, options.focus ~= false, place(lines, title))
  local page = setmetatable({ buffer = buffer, window = window, title = title }, Page)
  colour(buffer)
  for name, value in pairs({ wrap = true, linebreak = true, conceallevel = 2, concealcursor = 'nc' }) do
    vim.wo[window][name] = value
  end
  for _, key in ipairs({ 'q', '<Esc>' }) do
    vim.keymap.set('n', key, function()
      page:close()
    end, { buffer = buffer, nowait = true, silent = true, desc = 'Camus: close' })
  end
  api.nvim_create_autocmd('BufWipeout', {
    buffer = buffer,
    once = true,
    callback = function()
      shown = shown ~= page and shown or nil
      if options.on_close then
        vim.schedule(options.on_close)
      end
    end,
  })
  page:set(lines)
  shown = page
  return page
end

return M
