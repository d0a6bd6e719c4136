-- Sends signed deliveries that were made before, each once: a record is a signature of 64 digits, an id of 36, a body.
-- Environment: DELIVERIES (the file), RECORD (bytes of a record).
local size = tonumber(os.getenv("RECORD"))
local file = io.open(os.getenv("DELIVERIES"), "rb")
local data = file:read("*a")
file:close()
local count = math.floor(#data / size)
local at = 0

request = function()
    local from = (at % count) * size
    at = at + 1
    return wrk.format("POST", nil, {
        ["Content-Type"] = "application/json",
        ["X-GitHub-Event"] = "push",
        ["X-Hub-Signature-256"] = "sha256=" .. data:sub(from + 1, from + 64),
        ["X-GitHub-Delivery"] = data:sub(from + 65, from + 100),
    }, data:sub(from + 101, from + size))
end

-- One number that a program can read, beside wrk's own words.
done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("\nFIGURES %d %d %d %d %d %d\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
