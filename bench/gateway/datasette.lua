-- Asks Datasette for one random row at a time. Argument: a file with a code on each line.
function init(args)
  codes = {}
  for code in io.lines(args[1]) do codes[#codes + 1] = code end
  math.randomseed(os.time())
end

function request()
  return wrk.format("GET", "/firms/firm/" .. codes[math.random(#codes)] .. ".json")
end
