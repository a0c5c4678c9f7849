-- wrk: asks for the paths of a file one after the other, and prints what came of it as one line of JSON.
-- wrk -s lookups.lua URL -- FILE [unique]: with `unique` every query ends in a comment of its own, so that none was asked before.
local paths, place, unique, begun = {}, 0, false, os.time()

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  unique = args[2] == "unique"
  wrk.headers["Accept"] = "application/sparql-results+json"
end

function request()
  place = place + 1
  local path = paths[(place - 1) % #paths + 1]
  return wrk.format("GET", unique and path .. "%20%23" .. begun .. "." .. place or path)
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.3f, "errors": %d, "p50": %.3f, "p99": %.3f, "max": %.3f}\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
