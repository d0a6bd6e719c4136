import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// `docs/json.md` is a contract: every command prints one object with the keys that it promises, and no others.
@Suite(.timeLimit(.minutes(15)))
struct JSONShapeTests {
    /// A command, and the keys that its object must hold; `0` is the first element of a list.
    private struct Shape {
        let arguments: [String]
        let keys: [String]
        let status: Int32

        init(_ command: String, status: Int32 = 0, _ keys: String) {
            self.status = status
            arguments = command.split(separator: " ").map(String.init)
            self.keys = keys.split(whereSeparator: \.isWhitespace).map(String.init)
        }
    }

    private static let short = [
        "run", "model", "commit", "trigger", "state", "status", "findings", "created_at", "fingerprint",
    ]
    private static let version = "model version run digest object bytes".split(separator: " ").map(String.init)

    /// The run in full: the same for `run`, `show`, `resume RUN` and both halves of `compare`.
    private static let full: String = {
        let parts = [
            "commit_author commit_subject uncommitted dirty stages gates challenger_metrics rows warnings decisions report",
            "drift snapshots.0.dataset snapshots.0.number snapshots.0.digest run.verdict run.evidence run.started_at",
            "stages.0.name stages.0.notes stages.0.state stages.0.key stages.0.started_at stages.0.finished_at run.finished_at",
            "comparisons slices histories importances exceptions sections gates.0.action",
            "gates.0.metric gates.0.condition gates.0.bound gates.0.outcome gates.0.challenger",
        ]
        return (parts + short.map { "run.\($0)" } + version.map { "run.challenger.\($0)" }).joined(separator: " ")
    }()

    /// What only a run with a champion says.
    private static let compared = [
        "comparisons.0.metric comparisons.0.rows comparisons.0.difference comparisons.0.method comparisons.0.p_value",
        "comparisons.0.interval.lower gates.1.against gates.1.confidence gates.1.interval.confidence",
        "changes.version changes.commit changes.ancestry changes.commits changes.commit_count changes.policy",
        "changes.datasets.0.name changes.datasets.0.files_added changes.parameters changes.packages",
    ].joined(separator: " ")

    private static let promotion = "promotion alias state challenger started_at finished_at"

    private static func column(of path: String) -> String {
        let keys = "column kind values nulls null_fraction minimum maximum mean deviation categories bins.0.label"
        return keys.split(separator: " ").map { "\(path).\($0)" }.joined(separator: " ")
    }

    private static func shapes(second data: String) -> [Shape] {
        let shortKeys = short.joined(separator: " ")
        let decided = "run.status outcome promotion.\(promotion.replacing(" ", with: " promotion."))"
        let snapshot = "model dataset number digest created_at by bytes files.0.name files.0.bytes files.0.digest"
        let stats = "rows files.0.rows schema.path schema.digest \(column(of: "columns.0")) columns.0.bins.0.share"
        let side = "number digest created_at by bytes rows"
        let diff = [
            "verdict model dataset before.\(side.replacing(" ", with: " before.")) after.\(side.replacing(" ", with: " after."))",
            "files.0.name files.0.change files.0.after.bytes files.0.after.digest files.0.after.rows unchanged_files",
            "added_columns removed_columns changed_kinds columns.0.column columns.0.measures.0.value",
            "columns.0.reference.mean columns.0.bins.0.current",
        ].joined(separator: " ")
        return [
            Shape("doctor", "ready checks.0.name checks.0.result checks.0.found"),
            Shape("init --dry-run", "file written yaml guesses open"),
            Shape("policy check", "file complaints"),
            Shape("policy show", "file digest yaml"), Shape("policy blocks", "blocks"),
            Shape("policy blocks ranking", "about name parameters yaml"),
            Shape("policy replay", "policy model runs refused refused_count let_through unanswered unanswered_count"),
            Shape("run", full),
            Shape("show 1", full),
            Shape("resume 1", full),
            Shape("runs", "runs.0.\(shortKeys.replacing(" ", with: " runs.0."))"),
            Shape("resume", "runs"),
            Shape("logs 1", "logs.0.stage logs.0.path logs.0.bytes"),
            Shape("approve 1 --as alice", decided),
            Shape("data add points \(data)", "snapshot.files new replaced gone unchanged"),
            Shape("data ls", "snapshots.0.\(snapshot.replacing(" ", with: " snapshots.0."))"),
            Shape("data ls points", "snapshots.0.number"),
            Shape("data show points", snapshot + " schema.path schema.digest"),
            Shape("data show points --snapshot 1 --stats", "\(snapshot) \(stats)"),
            Shape("data diff points", status: 1, diff),
            Shape("data diff points 2 2", "verdict unchanged_files files"),
            Shape("data infer \(data)", "schema.fields.0.name schema.fields.1.type schema.missingValues notes"),
            Shape("run", full + " champion.version champion_metrics gates.1.champion \(compared)"),
            Shape("approve 2 --as alice", decided + " promotion.previous.version"),
            Shape("rollback toy --as bob --reason odd", promotion + " previous"),
            Shape("promote toy 2 --as bob", promotion + " previous"),
            Shape("models", "versions.0.version.digest versions.0.aliases versions.0.created_at"),
            Shape("compare 1 2", "first.run.status second.run.status first.gates second.stages"),
            Shape("reproduce 2", "verdict divergences original.run again.reproduces again.status"),
            Shape(
                "why 2",
                "events.0.event events.0.at events.0.by events.0.outcome events.0.run journal.0.what journal.0.said"),
            Shape("audit verify", "intact entries"),
        ]
    }

    @Test func `every command prints the keys that are documented, and no others`() async throws {
        let documented = try documentedWords()
        try await withProject { project in
            try await project.addData()
            let more = project.folder.appending("part-2.csv")
            try Files.writeDurably(Data("x,label\n61,1\n62,0\n".utf8), to: more)
            for shape in JSONShapeTests.shapes(second: more.string) {
                let call = try await project.call(shape.arguments + ["--json"])
                let name = shape.arguments.joined(separator: " ")
                #expect(call.status == shape.status, "\(name): \(call.errors)\(call.output)")
                #expect(call.errors.isEmpty, "\(name) prints beside the object: \(call.errors)")
                let object = try call.json()
                for key in shape.keys {
                    #expect(value(object, key[...]) != nil, "\(name) has no \(key): \(call.output)")
                }
                let unknown = keys(of: object).subtracting(documented)
                #expect(unknown.isEmpty, "\(name) prints what docs/json.md does not name: \(unknown.sorted())")
            }
        }
    }

    @Test func `a refusal, a complaint and an error are objects too`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            let rejected = try await project.sluice("reject", "1", "--as", "bob", "--reason", "no", "--json")
            #expect(try rejected.json()["outcome"]?.text == "rejected")
            let refused = try await project.sluice("approve", "1", "--as", "alice", "--json")
            #expect(refused.status == 1)
            #expect(try refused.json()["refusal"]?.text?.contains("bob") == true)

            let cancelled = try await project.sluice("cancel", "1", "--json")
            #expect(cancelled.status == 2)
            #expect(try value(cancelled.json(), "error.kind") == .string("input"))
            #expect(try value(cancelled.json(), "error.message") != nil)

            try project.write("version: 2\n", to: "other.yaml")
            let check = try await project.sluice("policy", "check", "other.yaml", "--json")
            #expect(check.status == 1)
            for key in ["file", "line", "column", "message"] {
                #expect(try value(check.json(), "complaints.0.\(key)") != nil, "\(check.output)")
            }
            #expect(try await project.sluice("policy", "schema", "--json").json()["$schema"] != nil)
        }
    }

    @Test func `a watch prints its news as lines, and files that arrived have a shape of their own`() async throws {
        let documented = try documentedWords()
        let drift = "    drift: { columns: { x: { psi: 0.1 } }, against: { window: 1 } }\n"
        try await withDrop(triggers: "{ drift: { dataset: points } }", more: drift) { project, drop in
            try drop.put("part-1.csv", DropFolder.rows(60))
            try await project.sluice("watch", "--once")
            try drop.put("part-2.csv", "x,label\n" + (0..<60).map { "\($0 + 500),\($0 % 2)\n" }.joined())
            try drop.put("part-3.csv", "x,label\nabc,1\n")
            let watched = try await project.sluice("watch", "--once", "--json")
            #expect(watched.status == 1, "\(watched.errors)")
            try FileManager.default.removeItem(atPath: drop.path.appending("quarantine").string)
            try Files.move(drop.path, to: project.folder.appending("elsewhere"))
            let troubled = try await project.sluice("watch", "--once", "--json")
            #expect(troubled.status == 2)

            let lines = (watched.output + troubled.output).split(separator: "\n")
            let news = try lines.map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
            let shapes = [
                "files": "dataset snapshot new.0 replaced unchanged held_back refused.0.refusal refused.0.file "
                    + "refused.0.place refused.0.findings.0.check",
                "no_run": "dataset message", "run": "run state verdict", "drift": "dataset message",
                "error": "dataset message advice",
            ]
            #expect(Set(news.compactMap { $0["news"]?.text }) == Set(shapes.keys), "\(watched.output)")
            for object in news {
                for key in (shapes[object["news"]?.text ?? ""] ?? "").split(separator: " ") {
                    #expect(value(object, key) != nil, "no \(key): \(object)")
                }
                #expect(keys(of: object).isSubset(of: documented))
            }

            let refusal = "refusal model dataset file at digest bytes place findings.0.check findings.0.records"
            let listed = refusal.replacing(" ", with: " refused.0.")
            let arrival = "model dataset file at outcome replaced digest bytes refusals.0."
            for shape in [
                Shape("data why", "refused.0.\(listed)"),
                Shape(
                    "data why part-3.csv",
                    "files.0.\((arrival + refusal.replacing(" ", with: " refusals.0.")).replacing(" ", with: " files.0."))"
                ),
                Shape("data release part-3.csv --reason right --as alice", "refusal file snapshot.files.0.name"),
                Shape(
                    "data why part-3.csv",
                    "files.0.snapshot files.0.refusals.0.release.by files.0.refusals.0.release.reason "
                        + "files.0.refusals.0.release.at files.0.refusals.0.release.snapshot"),
            ] {
                let object = try await project.call(shape.arguments + ["--json"]).json()
                for key in shape.keys { #expect(value(object, key[...]) != nil, "no \(key): \(object)") }
                let unknown = keys(of: object).subtracting(documented)
                #expect(unknown.isEmpty, "docs/json.md does not name: \(unknown.sorted())")
            }
        }
    }

    /// Names of keys, outside of the objects whose keys are names of the user's.
    private func keys(of node: JSONValue) -> Set<String> {
        switch node {
        case .object(let members):
            // The last is a format of its own.
            let open: Set = ["challenger_metrics", "champion_metrics", "metrics", "schema"]
            return members.reduce(into: Set(members.keys)) { all, member in
                if open.contains(member.key) { return }
                guard member.key == "outs", case .object(let outs) = member.value else {
                    return all.formUnion(keys(of: member.value))
                }
                for artifact in outs.values { all.formUnion(keys(of: artifact)) }
            }
        case .array(let items): return items.reduce(into: []) { $0.formUnion(keys(of: $1)) }
        default: return []
        }
    }

    private func value(_ node: JSONValue, _ path: Substring) -> JSONValue? {
        guard let head = path.split(separator: ".").first else { return node }
        let rest = path.dropFirst(head.count).drop { $0 == "." }
        if let index = Int(head), case .array(let items) = node {
            return items.indices.contains(index) ? value(items[index], rest) : nil
        }
        return node[String(head)].flatMap { value($0, rest) }
    }

    private func documentedWords() throws -> Set<String> {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/json.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        return Set(text.split { !$0.isLetter && $0 != "_" }.map(String.init))
    }
}
