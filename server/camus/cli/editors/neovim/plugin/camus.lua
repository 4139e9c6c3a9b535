-- Defines :Camus; everything else is loaded when it is used.
if vim.g.loaded_camus then
  return
end
vim.g.loaded_camus = true

vim.api.nvim_create_user_command('Camus', function(call)
  require('camus.command').run(call)
end, {
  nargs = '*',
  range = true,
  bang = true,
  desc = 'Camus: see :help camus',
  complete = function(lead, line)
    return require('camus.command').complete(lead, line)
  end,
})
