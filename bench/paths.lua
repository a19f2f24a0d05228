-- Asks the paths of a file one after the other, each thread from a place of its own; says what was measured in one line.
local paths, place, threads = {}, 0, 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(args)
   for line in io.lines(args[1]) do paths[#paths + 1] = line end
   place = math.floor(number * #paths / 2)
end

function request()
   place = place % #paths + 1
   return wrk.format("GET", paths[place])
end

function done(summary, latency, requests)
   local others = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
   io.write(string.format("measured %f %f %f %d\n", summary.requests / summary.duration * 1e6,
      latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, others))
end
