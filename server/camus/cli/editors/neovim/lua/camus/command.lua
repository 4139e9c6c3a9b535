-- :Camus, its subcommands and their completion.
local actions = require('camus.actions')
local options = require('camus.options')
local server = require('camus.server')
local status = require('camus.status')
local work = require('camus.work')

local M = {}

local function say(words, level)
  vim.notify(words, vim.log.levels[level or 'INFO'])
end

local function edit(action)
  return function(words, call)
    actions.edit(action, { instruction = words, lines = call.lines, now = call.bang })
  end
end

local function with_words(act, what)
  return function(words, call)
    if words == '' then
      vim.ui.input({ prompt = what .. ': ' }, function(typed)
        if typed and typed ~= '' then
          act(typed, call)
        end
      end)
    else
      act(words, call)
    end
  end
end

-- A command of the server that selects something; without a name the server asks for one.
local function select_one(command, title)
  return function(words)
    local argument = words ~= '' and { name = words == '-' and '' or words } or nil
    work.execute({ command = command, argument = argument, title = title }, function(chosen)
      if chosen then
        say(chosen == '' and title .. ': Camus chooses.' or ('%s: %s.'):format(title, chosen))
      end
    end)
  end
end

-- The names in what a command of the server lists, where they can be used now.
local function names(command)
  return function()
    local found = {}
    for _, each in ipairs(work.quickly(command, vim.api.nvim_get_current_buf(), 1000) or {}) do
      if each.ready then
        table.insert(found, each.name)
      end
    end
    table.insert(found, '-')
    return found
  end
end

local function trust(words)
  local wanted = ({ yes = true, no = false })[words]
  local argument = wanted ~= nil and { trust = wanted } or nil
  work.execute({ command = 'camus.trust', argument = argument, title = 'Trust' }, function(trusted, fine)
    if fine then
      say(trusted and 'This workspace is trusted.' or 'This workspace is not trusted.')
    end
  end)
end

-- Consent is the command line's: the same program that is the server.
local function consent(words)
  local command = vim.list_slice(options.values.cmd, 1, #options.values.cmd - 1)
  vim.list_extend(command, { 'consent' })
  vim.list_extend(command, words == '' and { 'list' } or vim.split(words, '%s+'))
  local told = vim.fn.system(command)
  say(vim.trim((told:gsub('\27%[[%d;]*m', ''))), vim.v.shell_error == 0 and 'INFO' or 'WARN')
end

local function show_status()
  local text = status.text()
  say(text ~= '' and text or 'Camus is not attached to this buffer.')
end

local function feedback(words)
  local verdict, id = words:match('^(%S*)%s*(%S*)$')
  if verdict ~= 'good' and verdict ~= 'bad' then
    return say('Write :Camus feedback good or :Camus feedback bad.', 'WARN')
  end
  actions.feedback(verdict, id ~= '' and id or nil, nil, function(known, fine)
    if fine then
      say(known and ('Noted as %s.'):format(verdict) or 'No answer has this id.', known and 'INFO' or 'WARN')
    end
  end)
end

local function review(words, call)
  local aspects, workspace = {}, false
  for word in words:gmatch('%S+') do
    if not vim.tbl_contains(actions.REVIEWS, word) then
      return say(('Review knows no "%s"; there are: %s.'):format(word, table.concat(actions.REVIEWS, ', ')), 'WARN')
    elseif word == 'workspace' then
      workspace = true
    else
      table.insert(aspects, word)
    end
  end
  if workspace then
    actions.review_workspace({ aspects = aspects })
  else
    actions.review({ lines = call.lines, aspects = aspects })
  end
end

local function of(list)
  return function()
    return list
  end
end

local SUBCOMMANDS = {
  fix = {
    run = function(words, call)
      actions.fix({ instruction = words, lines = call.lines, now = call.bang })
    end,
  },
  refactor = { run = edit('refactor') },
  document = { run = edit('document') },
  implement = { run = edit('implement') },
  modify = { run = with_words(edit('modify'), 'What should be changed') },
  explain = { run = function(_, call) actions.text('explain', { lines = call.lines }) end },
  review = { run = review, complete = of(actions.REVIEWS) },
  ask = {
    run = with_words(function(words, call)
      actions.text('ask', { instruction = words, lines = call.lines })
    end, 'What do you want to know'),
  },
  why = { run = function(words) actions.why(words) end },
  feedback = { run = feedback, complete = of({ 'good', 'bad' }) },
  model = { run = select_one('camus.selectModel', 'Model'), complete = names('camus.models') },
  pipeline = { run = select_one('camus.selectPipeline', 'Pipeline'), complete = names('camus.pipelines') },
  ['clear-lock'] = {
    run = function()
      work.execute({ command = 'camus.clearModelLock', title = 'Lock' }, function(_, fine)
        if fine then
          say('Camus chooses the model again.')
        end
      end)
    end,
  },
  trust = { run = trust, complete = of({ 'yes', 'no' }) },
  consent = { run = consent, complete = of({ 'list', 'grant', 'revoke' }) },
  actions = { run = function() actions.menu() end },
  status = { run = show_status },
  cancel = {
    run = function()
      local count = work.cancel()
      say(count > 0 and 'Stopped.' or 'Nothing is being worked on.')
    end,
  },
  restart = { run = function() server.restart() end },
}

local function sorted(list)
  table.sort(list)
  return list
end

local function unknown(name)
  local known = table.concat(sorted(vim.tbl_keys(SUBCOMMANDS)), ', ')
  say(('Camus has no "%s"; there are: %s.'):format(name, known), 'WARN')
end

-- Runs what was typed after :Camus; without anything, the menu of code actions.
function M.run(call)
  local name, words = call.args:match('^(%S*)%s*(.-)%s*$')
  if name == '' then
    return actions.menu()
  end
  local subcommand = SUBCOMMANDS[name]
  if not subcommand then
    return unknown(name)
  end
  local lines = call.range > 0 and { call.line1, call.line2 } or nil
  subcommand.run(words, { lines = lines, bang = call.bang })
end

-- The completions of what is being typed.
function M.complete(lead, line)
  local name = line:match('Camus!?%s+(%S+)%s')
  local all
  if name then
    local subcommand = SUBCOMMANDS[name]
    all = subcommand and subcommand.complete and subcommand.complete() or {}
  else
    all = sorted(vim.tbl_keys(SUBCOMMANDS))
  end
  return vim.tbl_filter(function(each)
    return vim.startswith(each, lead)
  end, all)
end

return M
