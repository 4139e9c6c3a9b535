"""Generated edits of real functions: bad ones of many kinds, good ones, and bad ones undone."""
