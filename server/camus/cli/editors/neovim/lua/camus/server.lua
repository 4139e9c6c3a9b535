-- Starts the server, attaches buffers to it, and starts it again when it dies.
local api = vim.api
local compat = require('camus.compat')
local options = require('camus.options')
local status = require('camus.status')

local M = {}
local PATIENCE = 300 -- seconds in which `restarts` are counted
local STOPPING = 150 -- looks, 20 milliseconds apart, before a server that does not stop is killed
local STARTING = 600 -- looks, 50 milliseconds apart, before a server that does not start is given up
local deaths = {} -- when a server died
local expected = {} -- ids of clients that were told to stop
local old = {} -- client ids by root, for 0.7, which cannot reuse a client itself
local buffers = {} -- those that were ever attached

-- The workspace of a buffer: the nearest folder above with a marker, else the file's own.
function M.root(buffer)
  local file = api.nvim_buf_get_name(buffer)
  local start = file ~= '' and vim.fn.fnamemodify(file, ':p:h') or compat.uv.cwd()
  local folder = start
  while true do
    for _, marker in ipairs(options.values.root_markers) do
      if compat.uv.fs_stat(folder .. '/' .. marker) then
        return folder
      end
    end
    local above = vim.fn.fnamemodify(folder, ':h')
    if above == folder then
      return start
    end
    folder = above
  end
end

local function is_code(buffer)
  local name = api.nvim_buf_get_name(buffer)
  return api.nvim_buf_is_valid(buffer)
    and vim.bo[buffer].buftype == ''
    and not (name:match('^%a[%w+.-]+://') and not vim.startswith(name, 'file:'))
end

local function capabilities()
  return vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), {
    window = { showDocument = { support = true } },
    workspace = { workspaceEdit = { documentChanges = true } }, -- so that stale edits are refused
  }, options.values.capabilities)
end

local LANGUAGES = { cs = 'csharp', sh = 'shellscript', bash = 'shellscript' }

-- The configuration of a client, for vim.lsp.config, vim.lsp.start and vim.lsp.start_client.
function M.config()
  local given = options.values
  local settings = next(given.settings) and given.settings or vim.empty_dict()
  return {
    name = compat.NAME,
    cmd = given.cmd,
    filetypes = given.filetypes,
    capabilities = capabilities(),
    settings = { camus = settings },
    init_options = { camus = { status = true } },
    handlers = require('camus.handlers').table(),
    get_language_id = function(_, filetype)
      return LANGUAGES[filetype] or filetype
    end,
    root_dir = function(buffer, found)
      if is_code(buffer) then
        found(M.root(buffer))
      end
    end,
    on_attach = function(client, buffer)
      buffers[buffer] = true
      if given.on_attach then
        given.on_attach(client, buffer)
      end
    end,
    on_exit = function(code, signal, id)
      vim.schedule(function()
        M.ended(id, code, signal)
      end)
    end,
  }
end

-- Attaches a buffer, starting a server for its workspace when there is none.
function M.attach(buffer)
  if not is_code(buffer) or #compat.clients(buffer) > 0 then
    return
  end
  local config = M.config()
  config.root_dir = M.root(buffer)
  if vim.lsp.start then
    api.nvim_buf_call(buffer, function()
      vim.lsp.start(config)
    end)
    return
  end
  -- client_is_stopped() says so of a client that is still starting, too.
  local id = old[config.root_dir]
  if not id or not vim.lsp.get_client_by_id(id) then
    id = vim.lsp.start_client(config)
    old[config.root_dir] = id
  end
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
end

local function attach_if_wanted(buffer)
  if vim.tbl_contains(options.values.filetypes, vim.bo[buffer].filetype) then
    M.attach(buffer)
  end
end

-- Starts Camus for every buffer of its file types, now and later.
function M.enable()
  local group = api.nvim_create_augroup('camus', { clear = true })
  api.nvim_create_autocmd('VimLeavePre', {
    group = group,
    callback = function()
      for _, client in ipairs(compat.clients()) do
        expected[client.id] = true
      end
    end,
  })
  if vim.lsp.config and vim.lsp.enable then
    vim.lsp.config(compat.NAME, M.config())
    vim.lsp.enable(compat.NAME)
    return
  end
  api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = options.values.filetypes,
    callback = function(event)
      M.attach(event.buf)
    end,
  })
  for _, buffer in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(buffer) then
      attach_if_wanted(buffer)
    end
  end
end

local function attach_again()
  for buffer in pairs(buffers) do
    if api.nvim_buf_is_valid(buffer) and api.nvim_buf_is_loaded(buffer) then
      M.attach(buffer)
    end
  end
end

-- Neovim forgets a client some time after it has told that it ended. One that was told to stop and
-- does not is killed.
local function when_gone(ids, act, tries)
  tries = tries or 0
  local left = vim.tbl_filter(function(id)
    return vim.lsp.get_client_by_id(id) ~= nil
  end, ids)
  if #left == 0 or tries == 2 * STOPPING then
    return act()
  end
  for _, id in ipairs(tries == STOPPING and left or {}) do
    compat.stop(vim.lsp.get_client_by_id(id), true)
  end
  vim.defer_fn(function()
    when_gone(left, act, tries + 1)
  end, 20)
end

-- A server has ended; unless it was told to, it is started again, a few times.
function M.ended(id, code, signal)
  status.forget(id)
  require('camus.work').forget(id)
  if expected[id] or (code == 0 and signal == 0) then
    expected[id] = nil
    return
  end
  local now = compat.uv.now() / 1000
  deaths = vim.tbl_filter(function(moment)
    return now - moment < PATIENCE
  end, deaths)
  table.insert(deaths, now)
  local how = signal ~= 0 and ('signal %d'):format(signal) or ('exit code %d'):format(code)
  if #deaths > options.values.restarts then
    local what = 'Camus ended too often (%s); :checkhealth camus, then :Camus restart.'
    vim.notify(what:format(how), vim.log.levels.ERROR)
    return
  end
  vim.notify(('Camus ended (%s) and is started again.'):format(how), vim.log.levels.WARN)
  when_gone({ id }, attach_again)
end

-- Stops every server of Camus and starts it again for the buffers it had.
function M.restart()
  deaths = {}
  buffers[api.nvim_get_current_buf()] = true
  local ids = {}
  for _, client in ipairs(compat.clients()) do
    expected[client.id] = true
    table.insert(ids, client.id)
    compat.stop(client)
  end
  when_gone(ids, attach_again)
end

-- Calls `use` with the buffer's client as soon as it is there; starts it where it is not.
function M.with_client(buffer, use)
  local client = compat.clients(buffer)[1]
  if client then
    return use(client)
  end
  M.attach(buffer)
  local timer, tries = compat.uv.new_timer(), 0
  timer:start(20, 50, vim.schedule_wrap(function()
    if timer:is_closing() then
      return
    end
    tries = tries + 1
    client = compat.clients(buffer)[1]
    if client or tries > STARTING then
      timer:close()
      if client then
        use(client)
      else
        vim.notify('Camus does not answer here; see :checkhealth camus.', vim.log.levels.WARN)
      end
    end
  end))
end

return M
