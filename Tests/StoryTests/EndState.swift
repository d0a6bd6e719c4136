import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// What is there when a story is over: in the home, and on the forge. Every question is asked of what somebody sees.
struct EndState {
    let project: Project
    let forge: FakeForge
    let rows: HomeRows
    let path = "acme/toy"

    /// The store is whole, and nothing is left of what was killed.
    func expectSound() async throws {
        #expect(rows["integrity"].compactMap { $0["integrity_check"]?.text } == ["ok"])
        #expect(rows["foreign"].isEmpty)
        let audit = try await project.sluice("audit", "verify")
        #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
        let left = await Project.processes(with: project.folder.string)
        #expect(left.isEmpty, "processes are left: \(left)")
        let runs = try Files.list(project.home.appending("runs")).map { project.home.appending("runs").appending($0) }
        let trees = runs.filter { Files.exists($0.appending("tree")) }
        #expect(trees.isEmpty, "work trees are left: \(trees)")
    }

    /// Every delivery that was acknowledged is known once, and it and everything else came to something.
    func expectSettled(_ acknowledged: Set<String>) {
        let known = Dictionary(grouping: rows["deliveries"].compactMap { $0["delivery"]?.text }) { $0 }
        for id in acknowledged { #expect(known[id]?.count == 1, "the delivery \(id) is lost or doubled") }
        for event in rows["events"] where event["project"] != .null {
            #expect(event["outcome"] != .null, "\(event["key"]?.text ?? "") came to nothing")
            #expect(event["outcome"]?.text?.contains("\"refused\"") != true, "\(event)")
        }
    }

    /// Each event has at most one run, and each commit at most one by pushes and one by pull requests; the newest commit of
    /// the branch and of every pull request has one that came to its end. No run by itself went wrong. A run that never
    /// began and gave its place to one of a newer plan counts as that one.
    func expectRunsOnce() async throws {
        let events = Dictionary(
            rows["events"].map { ($0["id"]?.int64 ?? 0, $0) }, uniquingKeysWith: { first, _ in first })
        let tickets = Dictionary(
            rows["tickets"].map { ($0["run"]?.int64 ?? 0, $0) }, uniquingKeysWith: { first, _ in first })
        var told: [String: [JSONValue]] = [:]
        var ofEvent: [Int64: Int] = [:]
        let heirs = heirs(tickets)
        for run in rows["runs"] {
            let (id, commit) = (run["id"]?.int64 ?? 0, run["commit_id"]?.text ?? "")
            let state = run["state"]?.text ?? ""
            let body = run["state_body"]?.text ?? ""
            #expect(state == "cancelled" || body.contains("\"passed\""), "run \(id): \(body)")
            let event = tickets[id]?["event"]?.int64 ?? 0
            if heirs[id] != nil { continue }
            var meant = events[event]?["run"]?.int64
            while let next = meant.flatMap({ heirs[$0] }) { meant = next }
            #expect(meant == id, "run \(id) belongs to event \(event), which does not say so")
            ofEvent[event, default: 0] += 1
            let key = events[event]?["key"]?.text ?? ""
            // One that was cancelled before it was closed and reopened has another one by that.
            let isOver = state == "cancelled" && (body.contains("was closed") || body.contains("/cancel"))
            if !isOver, ["push:", "pull:", "changed:"].contains(where: { key.hasPrefix($0) }) {
                told["\(commit) \(tickets[id]?["lane"]?.text ?? "")", default: []].append(run)
            }
            let trained = project.log(of: "train:model", run: Int(id)).count { $0 == "training" }
            #expect(trained <= 1, "run \(id) trained \(trained) times")
        }
        for (event, count) in ofEvent { #expect(count == 1, "event \(event) has \(count) runs") }
        for (what, runs) in told {
            let keys = runs.map { events[tickets[$0["id"]?.int64 ?? 0]?["event"]?.int64 ?? 0]?["key"]?.text ?? "" }
            #expect(runs.count == 1, "\(what) has \(runs.count) runs: \(keys)")
        }
        let pulls = forge.pulls(of: path).filter { $0.author != forge.bot && $0.state == "open" }
        for heads in pulls.map({ [$0.head] }) + [try await newestOfMain()] {
            // Whoever asked first: the push, or a comment that was heard before it.
            let bodies = rows["runs"].filter { heads.contains($0["commit_id"]?.text ?? "") }
                .compactMap { $0["state_body"]?.text }
            let hasEnd = bodies.contains { $0.contains("\"passed\"") || $0.contains("/cancel") }
            #expect(hasEnd, "\(heads) have no run that was judged or cancelled by a person: \(bodies)")
        }
    }

    /// The runs that took the place of one of the same event before it began, by the number of that one.
    private func heirs(_ tickets: [Int64: JSONValue]) -> [Int64: Int64] {
        var heirs: [Int64: Int64] = [:]
        for run in rows["runs"] where run["state"]?.text == "cancelled" && run["started_at"] == .null {
            let (id, body) = (run["id"]?.int64 ?? 0, run["state_body"]?.text ?? "")
            guard let match = body.firstMatch(of: /superseded by run ([0-9]+)/), let heir = Int64(match.1), heir > id,
                let event = tickets[id]?["event"], event == tickets[heir]?["event"]
            else { continue }
            heirs[id] = heir
        }
        return heirs
    }

    /// The last commit of a person on `main` and those after it, in which the bot says only which version is the champion:
    /// these get no run of their own, but the run is of one of them if they were seen together.
    private func newestOfMain() async throws -> [String] {
        let git = try Tool.find("git", advice: "")
        let place = ["-C", "\(forge.clone)/\(path).git"]
        let last = try await git.output(
            place + ["log", "-1", "--format=%H", "refs/heads/main", "--", ".", ":(exclude).sluice"]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        let after = try await git.output(place + ["rev-list", "\(last)..refs/heads/main"])
        return [last] + after.split(separator: "\n").map(String.init)
    }

    /// Every approved run has one promotion, which is over, and each was deployed and verified once.
    func expectPromotedOnce() {
        let approved = Set(
            rows["decisions"].filter { $0["body"]?.text?.contains("\"approve\"") == true }.compactMap {
                $0["run"]?.int64
            })
        let promotions = rows["promotions"]
        #expect(Set(promotions.compactMap { $0["decided_run"]?.int64 }) == approved)
        #expect(promotions.allSatisfy { $0["state"]?.text == "promoted" }, "\(promotions)")
        let versions = promotions.compactMap { $0["challenger"]?.int64 }
        #expect(project.acts() == versions.flatMap { ["deploy \($0)", "verify \($0)"] })
        #expect(rows["aliases"].first?["version"]?.int64 == versions.last)
    }

    /// The last status of every commit that has a run says what became of its newest one, and nothing was said twice.
    func expectStatuses() {
        var newest: [String: JSONValue] = [:]
        for run in rows["runs"] { newest[run["commit_id"]?.text ?? ""] = run }
        for (commit, run) in newest {
            let said = forge.statuses(of: commit, in: path)
            let (state, text) = wanted(run)
            #expect(
                forge.words(for: state).contains(said.last?.state ?? "")
                    && said.last?.description.hasPrefix(text) == true,
                "commit \(commit), run \(run["id"]?.int64 ?? 0): \(state) \(text), and not \(String(describing: said.last))"
            )
            for (one, next) in zip(said, said.dropFirst()) {
                let isSame = one.state == next.state && one.description == next.description && one.link == next.link
                #expect(!isSame, "said twice of \(commit): \(next.description)")
            }
        }
    }

    private func wanted(_ run: JSONValue) -> (state: CommitStatus.State, text: String) {
        let id = run["id"]?.int64
        if run["state"]?.text == "cancelled" { return (.cancelled, "cancelled") }
        if rows["promotions"].contains(where: { $0["decided_run"]?.int64 == id }) { return (.success, "promoted: ") }
        let isRejected = rows["decisions"].contains {
            $0["run"]?.int64 == id && $0["body"]?.text?.contains("\"reject\"") == true
        }
        return isRejected ? (.failure, "rejected by ") : (.pending, "passed; waits for ")
    }

    /// One report in each pull request that has a run, of the newest one; each command one answer and one sign; and the
    /// bot has proposed no model twice.
    func expectSaidOnce() {
        for pull in forge.pulls(of: path) where pull.author != forge.bot {
            let comments = forge.comments(on: pull.number, of: path)
            var own: [String: [FakeComment]] = [:]
            for comment in comments where comment.author == forge.bot {
                own[comment.body.split(separator: "\n").first.map(String.init) ?? "", default: []].append(comment)
            }
            for (marker, said) in own { #expect(said.count == 1, "\(marker) stands \(said.count) times") }
            let tickets = rows["tickets"].filter { $0["pull_request"]?.int64 == pull.number }
            if let run = tickets.last?["run"]?.int64 {
                let report = own["<!-- sluice:report:toy -->"]?.first?.body ?? ""
                #expect(
                    report.contains("/runs/\(run))"), "pull request \(pull.number), run \(run): \(report.prefix(300))")
            }
            for comment in comments where comment.author != forge.bot && comment.body.hasPrefix("/") {
                let answers = own.filter { $0.key.contains("reply:\(comment.id) ") }
                #expect(answers.count == 1, "'\(comment.body)' (\(comment.id)) has \(answers.count) answers")
                #expect(comment.reactions == forge.signs, "'\(comment.body)'")
            }
        }
        let open = forge.pulls(of: path).filter { $0.author == forge.bot && $0.state == "open" }
        #expect(open.count <= 1, "the model is proposed \(open.count) times")
        #expect(rows.count("posts") { $0["abandoned"]?.int64 == 1 } == 0, "\(rows.waiting)")
    }
}
