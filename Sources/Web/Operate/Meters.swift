import Foundation
import Synchronization

/// What is counted about requests. In memory, from the start on, as Prometheus expects of a process.
///
/// Every label has a value from a short list: routes of the table, codes, names of the configuration.
final class Meters: Sendable {
    private struct RequestKey: Hashable {
        let route: String
        let method: String
        let code: Int
    }

    private struct DeliveryKey: Hashable {
        let forge: String
        let outcome: String
    }

    /// Upper bounds in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Histogram {
        var counts = [Int](repeating: 0, count: Meters.bounds.count + 1)
        var sum = 0.0
    }

    private struct State {
        var requests: [RequestKey: Int] = [:]
        var times: [String: Histogram] = [:]
        var deliveries: [DeliveryKey: Int] = [:]
    }

    private let state = Mutex(State())

    func request(route: String, method: String, code: Int, seconds: Double) {
        state.withLock { state in
            state.requests[RequestKey(route: route, method: method, code: code), default: 0] += 1
            let index = Meters.bounds.firstIndex { seconds <= $0 } ?? Meters.bounds.count
            state.times[route, default: Histogram()].counts[index] += 1
            state.times[route, default: Histogram()].sum += seconds
        }
    }

    /// - Parameter forge: a name of the configuration, or `unknown`.
    func delivery(_ forge: String, _ outcome: String) {
        state.withLock { $0.deliveries[DeliveryKey(forge: forge, outcome: outcome), default: 0] += 1 }
    }

    func write(to text: inout MetricsText) {
        let state = state.withLock { $0 }
        text.family("sluice_http_requests_total", "counter", "Requests that were answered.")
        for (key, count) in state.requests.sorted(by: { ($0.key.route, $0.key.code) < ($1.key.route, $1.key.code) }) {
            text.sample(
                "sluice_http_requests_total",
                [("route", key.route), ("method", key.method), ("code", String(key.code))], Double(count))
        }
        text.family("sluice_http_request_duration_seconds", "histogram", "From a request's head to its answer's.")
        for (route, histogram) in state.times.sorted(by: { $0.key < $1.key }) {
            var total = 0
            for (index, count) in histogram.counts.enumerated() {
                total += count
                let bound = index < Meters.bounds.count ? "\(Meters.bounds[index])" : "+Inf"
                text.sample(
                    "sluice_http_request_duration_seconds_bucket", [("route", route), ("le", bound)], Double(total))
            }
            text.sample("sluice_http_request_duration_seconds_sum", [("route", route)], histogram.sum)
            text.sample("sluice_http_request_duration_seconds_count", [("route", route)], Double(total))
        }
        text.family("sluice_deliveries_total", "counter", "Deliveries of webhooks, by what came of them.")
        for (key, count) in state.deliveries.sorted(by: {
            ($0.key.forge, $0.key.outcome) < ($1.key.forge, $1.key.outcome)
        }) {
            text.sample("sluice_deliveries_total", [("forge", key.forge), ("outcome", key.outcome)], Double(count))
        }
    }
}

/// Metrics in the text format of Prometheus, version 0.0.4.
struct MetricsText {
    private(set) var text = ""

    mutating func family(_ name: String, _ kind: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Double) {
        let shown = labels.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        let number = Int64(exactly: value).map { String($0) } ?? "\(value)"
        text += name + (shown.isEmpty ? "" : "{\(shown.joined(separator: ","))}") + " \(number)\n"
    }
}
