-- The differences between two texts as hunks, each of which can be taken or left; pure functions.
local compat = require('camus.compat')

local M = {}
local CONTEXT = 3

-- A list of {from, removed, at, added, taken}: `removed` lines from line `from` of the old text,
-- `added` lines from line `at` of the new one. Where nothing is removed, `from` is the line before.
function M.of(before, after)
  local old, new = table.concat(before, '\n') .. '\n', table.concat(after, '\n') .. '\n'
  local found = {}
  for _, each in ipairs(compat.diff(old, new, { result_type = 'indices', algorithm = 'histogram' })) do
    table.insert(found, { from = each[1], removed = each[2], at = each[3], added = each[4], taken = true })
  end
  return found
end

local function slice(lines, from, count)
  return vim.list_slice(lines, from, from + count - 1)
end

-- The first and last line of the old text that a hunk replaces; an empty one begins after `last`.
local function bounds(hunk)
  local first = hunk.removed > 0 and hunk.from or hunk.from + 1
  return first, first + hunk.removed - 1
end

-- What to put where: {first, last, lines} from the bottom up, for the hunks that are taken.
function M.changes(hunks, after)
  local found = {}
  for index = #hunks, 1, -1 do
    local hunk = hunks[index]
    if hunk.taken then
      local first, last = bounds(hunk)
      table.insert(found, { first = first, last = last, lines = slice(after, hunk.at, hunk.added) })
    end
  end
  return found
end

-- Lines of the old text to show above and below a hunk, shared with its neighbours.
local function around(hunks, index, count)
  local first, last = bounds(hunks[index])
  local above, below = first - 1, count - last
  if hunks[index - 1] then
    local _, before = bounds(hunks[index - 1])
    above = math.max(0, first - 1 - before - CONTEXT)
  end
  if hunks[index + 1] then
    below = bounds(hunks[index + 1]) - 1 - last
  end
  return math.min(CONTEXT, above), math.min(CONTEXT, below)
end

local function prefixed(mark, lines)
  return vim.tbl_map(function(line)
    return mark .. line
  end, lines)
end

-- A hunk as the lines of a unified diff.
function M.show(hunks, index, before, after)
  local hunk = hunks[index]
  local first, last = bounds(hunk)
  local above, below = around(hunks, index, #before)
  local all = above + below
  local shown = { ('@@ -%d,%d +%d,%d @@'):format(first - above, all + hunk.removed, hunk.at - above, all + hunk.added) }
  if hunk.added == 0 then -- the line before, as in `from`
    shown[1] = ('@@ -%d,%d +%d,%d @@'):format(first - above, all + hunk.removed, hunk.at + 1 - above, all)
  end
  vim.list_extend(shown, prefixed(' ', slice(before, first - above, above)))
  vim.list_extend(shown, prefixed('-', slice(before, first, hunk.removed)))
  vim.list_extend(shown, prefixed('+', slice(after, hunk.at, hunk.added)))
  vim.list_extend(shown, prefixed(' ', slice(before, last + 1, below)))
  return shown
end

return M
