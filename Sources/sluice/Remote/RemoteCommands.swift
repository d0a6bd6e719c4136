import Domain
import Foundation
import Reports
import Wire

/// What commands that take `--server` do there: one or two requests to the API, and the answer printed as at home.
///
/// With `--json` the server's own answer is printed: its shapes are those of docs/json.md.
extension ServerClient {
    /// - Parameter wanted: what runs are asked for by; nil: not by that.
    func runs(
        _ wanted: [(String, String?)], limit: Int, _ options: CommonOptions
    ) async throws(Fault) -> Outcome {
        var query = [("limit", String(min(limit, 500)))]
        for (key, value) in wanted {
            if let value { query.append((key, value)) }
        }
        let answer = try await json(.get, "/api/v1/runs", query: query)
        if options.json {
            Console.printJSON(answer)
            return .yes
        }
        let rows = items(answer["runs"]).map { run in
            ["run", "status", "model", "commit", "trigger"].map { key in
                key == "commit" ? String(word(run[key]).prefix(10)) : word(run[key])
            } + [run["created_at"]?.text.flatMap { Timestamp.parse($0) }.map(moment) ?? ""]
        }
        if rows.isEmpty {
            Console.print(query.count > 1 ? "no such runs" : "no runs yet")
        } else {
            Table.lines([["run", "status", "model", "commit", "trigger", "created"]] + rows).map(Console.printable)
                .forEach(Console.print)
        }
        return .yes
    }

    /// As at home; a server's report on a terminal has no colours.
    func show(
        _ run: RunID, markdown: Bool, html: Bool, all: Bool, _ options: CommonOptions
    ) async throws(Fault) -> Outcome {
        let path = "/api/v1/runs/\(run)"
        if html || markdown {
            let query = [("format", html ? "html" : "markdown")]
            let accept = html ? "text/html" : "text/markdown"
            Console.write(
                try await bytes(.get, path + "/report", query: query, accept: accept), to: .standardOutput)
            return .yes
        }
        let detail = try await json(.get, path)
        if options.json {
            Console.printJSON(detail)
            return .yes
        }
        if detail["run"]?["evidence"] != nil {
            let query = [
                ("format", "terminal"), ("width", String(min(max(Console.width, 60), 1000))),
                ("details", all ? "yes" : "no"),
            ]
            let report = try await bytes(.get, path + "/report", query: query, accept: "text/plain")
            Console.print(Console.printable(String(decoding: report, as: UTF8.self)))
            for decision in items(detail["decisions"]) {
                let why = decision["reason"]?.text.map { ": \($0)" } ?? ""
                let at = decision["at"]?.text.flatMap { Timestamp.parse($0) }.map(moment) ?? ""
                Console.print(
                    Console.printable("\(word(decision["answer"])) by \(word(decision["by"])) at \(at)\(why)"))
            }
        } else {
            let stages = items(detail["stages"]).map { stage in
                ["name", "state", "reason"].map { word(stage[$0]) }
            }
            Table.lines(stages, limit: 120).forEach(Console.print)
        }
        Console.print(Console.printable(word(detail["said"])))
        return .yes
    }

    func why(_ subject: String, _ options: CommonOptions) async throws(Fault) -> Outcome {
        let answer = try await json(.get, "/api/v1/why", query: [("subject", subject)])
        if options.json {
            Console.printJSON(answer)
            return .yes
        }
        WhyText.lines(answer).map(Console.printable).forEach(Console.print)
        return .yes
    }

    func cancel(_ run: RunID, reason: String, _ options: CommonOptions) async throws(Fault) -> Outcome {
        let answer = try await json(
            .post, "/api/v1/runs/\(run)/cancel", body: .object(["reason": .string(reason)]))
        if options.json {
            Console.printJSON(answer)
        } else {
            Console.print(Console.printable("run \(run) is \(word(answer["status"]))"))
        }
        return .yes
    }

    func items(_ value: JSONValue?) -> [JSONValue] {
        if case .array(let items) = value { items } else { [] }
    }

    /// A value in a table or a sentence.
    func word(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let truth): truth ? "yes" : "no"
        case .array, .object:
            String(decoding: (try? JSONEncoder().encode(value)) ?? Data(), as: UTF8.self)
        }
    }
}
