-- Rules for the module and its drivers: `luacheck --config tests/editors/luacheckrc.lua`.
-- luacheck: ignore
std = 'luajit'
globals = { 'vim' }
max_line_length = 120
