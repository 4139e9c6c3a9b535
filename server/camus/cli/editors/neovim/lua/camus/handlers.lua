-- What the server asks and tells, shown in Neovim's own ways.
local api = vim.api
local float = require('camus.float')
local status = require('camus.status')
local work = require('camus.work')

local M = {}
local LEVELS = { vim.log.levels.ERROR, vim.log.levels.WARN, vim.log.levels.INFO, vim.log.levels.DEBUG }

-- A question with a few answers. Neovim 0.9 and newer wait in a coroutine, so that vim.ui.select
-- may be any plugin's; older ones block with confirm().
function M.choose(_, asked)
  local actions = asked.actions or {}
  local running, main = coroutine.running()
  if running and not main and vim.fn.has('nvim-0.9') == 1 then
    vim.ui.select(actions, {
      kind = 'camus',
      prompt = asked.message,
      format_item = function(action)
        return action.title
      end,
    }, function(chosen)
      vim.schedule(function()
        coroutine.resume(running, chosen or vim.NIL)
      end)
    end)
    return coroutine.yield()
  end
  local titles = {}
  for index, action in ipairs(actions) do
    titles[index] = '&' .. index .. ' ' .. action.title
  end
  return actions[vim.fn.confirm(asked.message, table.concat(titles, '\n'), 0)] or vim.NIL
end

function M.tell(_, told)
  vim.notify(told.message, LEVELS[told.type] or vim.log.levels.INFO, { title = 'Camus' })
  return vim.NIL
end

local function is_open(file)
  local buffer = vim.fn.bufnr('^' .. vim.fn.escape(file, '*?[]{},\\') .. '$')
  return buffer > 0 and api.nvim_buf_is_loaded(buffer)
end

-- A generated page is shown in a floating window; anything else as Neovim does.
function M.show(err, asked, context, config)
  local file = vim.startswith(asked.uri, 'file:') and vim.uri_to_fname(asked.uri) or ''
  if file:match('%.md$') and vim.fn.filereadable(file) == 1 and not is_open(file) then
    float.open('Camus', vim.fn.readfile(file), { focus = api.nvim_get_mode().mode:match('^n') ~= nil })
    return { success = true }
  end
  local usual = vim.lsp.handlers['window/showDocument']
  if usual then
    return usual(err, asked, context, config)
  end
  return { success = false }
end

function M.progress(err, told, context, config)
  if work.partial(told.token, told.value) then
    return vim.NIL
  end
  if type(told.value) == 'table' and told.value.kind then
    status.progress(context.client_id, told.token, told.value.kind)
    work.progress(told.token, told.value)
  end
  return vim.lsp.handlers['$/progress'](err, told, context, config)
end

function M.status(_, told, context)
  status.update(context.client_id, told)
  return vim.NIL
end

function M.table()
  return {
    ['camus/status'] = M.status,
    ['window/showMessageRequest'] = M.choose,
    ['window/showMessage'] = M.tell,
    ['window/showDocument'] = M.show,
    ['$/progress'] = M.progress,
  }
end

return M
