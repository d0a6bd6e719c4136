import Domain
import Foundation
import Host
import Reports
import Wire

/// Making a run again on a server.
extension ServerClient {
    /// Asks for it and waits for what comes of it. If the waiting ends, the run does not.
    func reproduce(_ target: String, _ options: CommonOptions) async throws(Fault) -> Outcome {
        let original = try await runToReproduce(target)
        let asked = try await json(.post, "/api/v1/runs/\(original)/reproduce")
        guard let number = asked["run"]?.int64, let again = RunID(number) else {
            throw Fault(.environment, "\(address) does not say which run repeats run \(original)")
        }
        if !options.json { Console.note("run \(again) repeats run \(original); waiting for its end") }
        let detail = try await watch("/api/v1/runs/\(again)") { $0["run"]?["finished_at"] != nil }
        guard let word = detail["reproduction"]?["verdict"]?.text else {
            let said = detail["said"]?.text ?? "run \(again) ended"
            throw Fault(.environment, "run \(original) could not be made again: \(said)")
        }
        let divergences = items(detail["reproduction"]?["divergences"])
        if options.json {
            let before = try await json(.get, "/api/v1/runs/\(original)")
            Console.printJSON(
                JSONValue.object([
                    "verdict": .string(word), "divergences": .array(divergences), "original": before["run"] ?? .null,
                    "again": detail["run"] ?? .null,
                ]))
        } else {
            let verdict = try verdict(word, divergences)
            Console.write(
                ReportRenderer.terminal(verdict, of: original, by: again, colour: Console.hasColour()),
                to: .standardOutput)
        }
        switch word {
        case "identical": return .yes
        case "equivalent": return .equivalent
        default: return .no
        }
    }

    /// As at home: a run's number, or the beginning of the commit of a run that was judged.
    private func runToReproduce(_ text: String) async throws(Fault) -> RunID {
        var numbered: RunID?
        if let id = RunID(text) {
            if text.hasPrefix("#") || text.utf8.count < 4 { return id }
            if try await send(.get, "/api/v1/runs/\(id)").status == 200 { numbered = id }
        }
        let commit = text.lowercased()
        let isHex = commit.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
        guard isHex, (4...64).contains(commit.utf8.count) else {
            throw Fault(.input, "'\(text.shown())' is neither a run's number nor a commit")
        }
        let query = [("commit", commit), ("state", "judged"), ("limit", "500")]
        let judged = items(try await json(.get, "/api/v1/runs", query: query)["runs"]).filter {
            $0["reproduces"] == nil
        }
        if let numbered {
            guard judged.isEmpty else {
                throw Fault(
                    .input, "'\(text)' is a run's number and the beginning of a commit that was run",
                    advice: "say '#\(text)' for the run, or give more digits of the commit")
            }
            return numbered
        }
        guard Set(judged.compactMap { $0["commit"]?.text }).count <= 1 else {
            throw Fault(.input, "'\(text)' fits more than one commit that was run", advice: "give more digits")
        }
        guard let run = judged.first?["run"]?.int64, let id = RunID(run) else {
            throw Fault(.input, "the server has no run \(text) and no judged run of a commit '\(text)'")
        }
        return id
    }

    /// What the server found, as the value that it was.
    private func verdict(_ word: String, _ divergences: [JSONValue]) throws(Fault) -> ReproductionVerdict {
        let found = divergences.compactMap { told -> Divergence? in
            guard let stage = told["stage"]?.text.flatMap({ StageName($0) }) else { return nil }
            let (name, before, now) = (told["name"]?.text ?? "", told["before"]?.text, told["now"]?.text)
            switch told["kind"]?.text {
            case "output":
                let digests = (before.flatMap { Digest(hex: $0) }, now.flatMap { Digest(hex: $0) })
                return Divergence(stage: stage, what: .output(path: name, before: digests.0, now: digests.1))
            case "metric":
                let numbers = (before.flatMap { Double($0) }, now.flatMap { Double($0) })
                return Divergence(stage: stage, what: .metric(name: name, before: numbers.0, now: numbers.1))
            case "outcome":
                return Divergence(stage: stage, what: .outcome(before: before ?? "", now: now ?? ""))
            default: return nil
            }
        }
        switch word {
        case "identical": return .identical
        case "equivalent": return .equivalent(found)
        case "different": return .different(found)
        default: throw Fault(.environment, "\(address) answers with a verdict that is not known here: \(word.shown())")
        }
    }
}
