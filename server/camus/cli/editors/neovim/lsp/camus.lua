-- For vim.lsp.enable('camus') of Neovim 0.11 and newer, without setup().
return require('camus.server').config()
