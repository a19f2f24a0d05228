-- Replays requests that were signed beforehand, each once. The file holds them one after the other; each thread of
-- wrk takes its own share. Arguments: the file, the number of threads.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local of, at, text = tonumber(args[2]), 0, file:read("*a")
  file:close()
  requests, following = {}, 0
  local from = 1
  while true do
    local _, ends = text:find("\r\n\r\n", from, true)
    if not ends then break end
    if at % of == number then requests[#requests + 1] = text:sub(from, ends) end
    at, from = at + 1, ends + 1
  end
end

function request()
  following = following + 1
  local found = requests[following]
  if not found then
    wrk.thread:stop()
    return requests[#requests]
  end
  return found
end
