import Domain
import Foundation
import Reports
import Wire

/// Deciding and going back on a server. What has to be deployed for it goes on there; these wait for its end, so that
/// their exit codes say what came of it.
extension ServerClient {
    /// Says what somebody answers on what the server shows now; with `evidence`, only if it is still that.
    func decide(
        _ answer: Decision.Answer, _ run: RunID, evidence: String?, _ options: CommonOptions
    ) async throws(Fault) -> Outcome {
        let detail = try await json(.get, "/api/v1/runs/\(run)")
        guard let shown = evidence ?? detail["run"]?["evidence"]?.text else {
            throw Fault(.input, "run \(run) is \(word(detail["run"]?["status"])): there is nothing to decide yet")
        }
        var body: [String: JSONValue] = ["evidence": .string(shown)]
        switch answer {
        case .approve: body["answer"] = .string("approve")
        case .reject(let reason):
            body["answer"] = .string("reject")
            body["reason"] = .string(reason)
        }
        // The bytes of what was judged are read again before the answer comes.
        let response = try await send(
            .post, "/api/v1/runs/\(run)/decisions", body: .object(body), timeout: 3600)
        let told = try? JSONDecoder().decode(JSONValue.self, from: response.body)
        if response.status == 409, let told {
            if options.json {
                Console.printJSON(told)
            } else {
                Console.note("sluice: \(Console.laid(word(told["detail"])))")
            }
            return .no
        }
        guard (200..<300).contains(response.status), let told else { throw Self.fault(of: response) }
        let said = try await concluded(told)
        let outcome = word(said["outcome"])
        if options.json {
            Console.printJSON(said)
        } else {
            Console.print(Console.printable(sentence(run, outcome, said)))
        }
        return ["promoted", "waiting", "rejected"].contains(outcome) ? .yes : .no
    }

    private func sentence(_ run: RunID, _ outcome: String, _ said: JSONValue) -> String {
        switch outcome {
        case "waiting":
            let missing = said["missing"]?.int64 ?? 1
            return "recorded; run \(run) waits for \(missing == 1 ? "one more person" : "\(missing) more people")"
        case "rejected": return "run \(run) is rejected"
        default: return said["promotion"]?["said"]?.text ?? "run \(run): \(outcome.replacing("_", with: " "))"
        }
    }

    /// The answer to a decision, with the promotion that it led to when that is over.
    private func concluded(_ said: JSONValue) async throws(Fault) -> JSONValue {
        guard case .object(var members) = said, let promotion = members["promotion"] else { return said }
        let over = try await finished(promotion)
        members["promotion"] = over
        members["outcome"] = over["state"]
        return .object(members)
    }

    /// Puts the version back that held the alias before, and waits until it is in place.
    func rollBack(
        _ model: ModelName, alias: AliasName, reason: String, _ options: CommonOptions
    ) async throws(Fault) -> Outcome {
        let path = "/api/v1/models/\(model)"
        // Said twice, because an answer was lost, it goes back one step and not two.
        let holder = try await json(.get, "\(path)/aliases/\(alias)")
        guard let version = holder["version"]?["version"]?["version"]?.int64 else {
            throw Fault(.environment, "\(address) does not say which version is '\(alias)'")
        }
        let body: [String: JSONValue] = [
            "alias": .string(alias.text), "version": .integer(version), "reason": .string(reason),
        ]
        let begun = try await send(.post, "\(path)/rollback", body: .object(body), timeout: 3600)
        guard (200..<300).contains(begun.status),
            let told = try? JSONDecoder().decode(JSONValue.self, from: begun.body)
        else { throw Self.fault(of: begun) }
        let promotion = try await finished(told)
        if options.json {
            Console.printJSON(promotion)
        } else {
            Console.print(Console.printable(word(promotion["said"])))
        }
        return promotion["state"]?.text == Promotion.State.promoted.word ? .yes : .no
    }

    private func finished(_ promotion: JSONValue) async throws(Fault) -> JSONValue {
        guard let id = promotion["promotion"]?.int64, promotion["finished_at"] == nil else { return promotion }
        return try await watch("/api/v1/promotions/\(id)") { $0["finished_at"] != nil }
    }

    /// Asks again and again until what is there is over. A server that is away meanwhile, for a restart as a rule, is
    /// waited for.
    func watch(_ path: String, until isOver: (JSONValue) -> Bool) async throws(Fault) -> JSONValue {
        var (pause, failures) = (0.2, 0)
        while true {
            do throws(Fault) {
                let found = try await json(.get, path)
                failures = 0
                if isOver(found) { return found }
            } catch {
                failures += 1
                guard error.kind == .environment, failures < 60 else { throw error }
            }
            try? await Task.sleep(for: .seconds(pause))
            pause = min(pause * 1.5, 3)
        }
    }
}
