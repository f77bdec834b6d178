-- wrk script: POSTs the bodies of a file, one JSON a line, from a random line on.
-- wrk ... -s wrk.lua URL -- BODIES [TOKEN]
local requests, count, at = {}, 0, 0

function init(args)
  local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
  if args[2] then headers["Authorization"] = "Bearer " .. args[2] end
  for line in io.lines(args[1]) do
    count = count + 1
    requests[count] = wrk.format("POST", nil, headers, line)
  end
  math.randomseed(os.time())
  at = math.random(count)
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"us":%d,"p50":%d,"p99":%d,"bad":%d}\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    e.status + e.connect + e.read + e.write + e.timeout))
end
