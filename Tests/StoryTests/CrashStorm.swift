import Domain
import Foundation
import Host
import TestSupport
import Testing

/// What people, programs and a forge do to a server, without heed of whether it lives: it is told everything once, as
/// GitHub does, and some of it again.
actor CrashStorm {
    let server: MortalServer
    let forge: FakeForge
    let token: String
    let path = "acme/toy"
    private var random: SeededNumbers
    private var slope = 0
    private var branches: [Int64: String] = [:]
    /// Pull requests that were closed, by their branches.
    private var closed: [Int64: String] = [:]
    private var told: [(delivery: FakeDelivery, url: String)] = []
    private var missed: [(delivery: FakeDelivery, url: String)] = []
    private var seen = 0

    /// What the storm came to, for people.
    struct Figures: Sendable {
        var acts = 0
        var acknowledged: Set<String> = []
        var acknowledgedEvents: Set<String> = []
        var duplicates = 0
        var unanswered = 0
        var refused: [Int: Int] = [:]
    }
    private(set) var figures = Figures()

    init(_ server: MortalServer, forge: FakeForge, token: String, seed: UInt64) {
        self.server = server
        self.forge = forge
        self.token = token
        random = SeededNumbers(seed: seed)
    }

    /// One act after the other until the task is cancelled.
    func rage() async {
        while !Task.isCancelled {
            await act()
            await bringNews()
            try? await Task.sleep(for: .milliseconds(Int.random(in: 50...600, using: &random)))
        }
    }

    /// What nobody answered is brought once more, each other one: the rest is for the server to find.
    func bringWhatWasMissed() async {
        await bringNews()
        let left = missed
        missed = []
        for (number, one) in left.enumerated() where number.isMultiple(of: 2) { await bring(one.delivery, to: one.url) }
    }

    /// Open pull requests of people whose newest run passed and waits for a decision.
    private func waiting() -> [Int64] {
        forge.pulls(of: path).filter { pull in
            pull.author != forge.bot && pull.state == "open"
                && forge.statuses(of: pull.head, in: path).last?.description.hasPrefix("passed; waits for ") == true
        }.map(\.number)
    }

    // MARK: Acts

    private func act() async {
        figures.acts += 1
        let pull = branches.keys.sorted().randomElement(using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<10: commit(to: "main")
        case 10..<17: open()
        case 17..<26: if let pull { push(to: pull) }
        case 26..<28: if let pull { forge.setBase("main", of: pull, in: path, by: "ada") }
        case 28..<35: if let pull { say(pull, ["/help", "well done", "/approve x y", "> /approve"]) }
        case 35..<56: if let pull = waiting().randomElement(using: &random) { say(pull, ["/approve"]) }
        case 56..<59: if let pull = waiting().randomElement(using: &random) { say(pull, ["/reject too slow"]) }
        case 59..<67: if let pull { say(pull, ["/retrain", "/retrain slope=\(next())"]) }
        case 67..<70: if let pull { say(pull, ["/cancel"]) }
        case 70..<75: proposalIsApproved()
        case 75..<82: await tell()
        case 82..<84: if let pull { close(pull) }
        case 84..<86: reopen()
        case 86..<89: forge.trouble { $0.lostAnswers += 1 }
        case 89..<90: forge.trouble { $0.badGateways += 1 }
        default: await again()
        }
    }

    private func next() -> Int {
        slope += 1
        return slope
    }

    @discardableResult
    private func commit(to branch: String) -> String {
        forge.commit(["params.yaml": "slope: \(next())\n"], to: branch, of: path, by: "ada")
    }

    private func open() {
        let branch = "topic-\(next())"
        forge.branch(branch, of: path)
        let head = commit(to: branch)
        branches[forge.openPullRequest(path, from: branch, head: head, by: "ada")] = branch
    }

    private func push(to pull: Int64) {
        guard let branch = branches[pull] else { return }
        forge.push(to: pull, of: path, head: commit(to: branch), by: "ada")
    }

    private func close(_ pull: Int64) {
        closed[pull] = branches.removeValue(forKey: pull)
        forge.close(pull, of: path, by: "ada")
    }

    /// What was declined on Bitbucket stays so.
    private func reopen() {
        guard forge.kind != .bitbucket, let pull = closed.keys.min() else { return }
        branches[pull] = closed.removeValue(forKey: pull)
        forge.reopen(pull, of: path, by: "ada")
    }

    private func say(_ pull: Int64, _ texts: [String]) {
        let text = texts.randomElement(using: &random) ?? "/help"
        forge.comment(on: pull, of: path, by: "bob", forge.command(text))
    }

    private func proposalIsApproved() {
        let own = forge.pulls(of: path).last { $0.author == forge.bot && $0.state == "open" }
        if let own { forge.comment(on: own.number, of: path, by: "bob", forge.command("/approve")) }
    }

    /// A program that is no forge tells something.
    private func tell() async {
        let id = "storm-\(next())"
        let isWish = Bool.random(using: &random)
        let data: JSONValue = .object([
            "project": .string("toy"), "parameters": .object(["slope": .string("\(next())")]),
        ])
        let body = Canonical.bytes(
            of: JSONValue.object([
                "specversion": .string("1.0"), "id": .string(id), "source": .string("storm"),
                "type": .string(isWish ? "dev.sluice.run" : "org.example.thunder"), "data": isWish ? data : .null,
            ]))
        let headers = ["content-type": "application/cloudevents+json", "authorization": "Bearer \(token)"]
        await bring(FakeDelivery(id: id, headers: headers, body: body), to: server.events)
    }

    /// Brings something again, whether it was acknowledged or not.
    private func again() async {
        if Bool.random(using: &random), let one = told.randomElement(using: &random) {
            await bring(one.delivery, to: one.url)
        } else if let place = missed.indices.randomElement(using: &random) {
            let one = missed.remove(at: place)
            await bring(one.delivery, to: one.url)
        }
    }

    // MARK: Bringing

    private func bringNews() async {
        let all = forge.deliveries
        let news = all.dropFirst(seen)
        seen = all.count
        for delivery in news { await bring(delivery, to: server.hook) }
    }

    private func bring(_ delivery: FakeDelivery, to url: String) async {
        switch await server.tell(delivery, to: url) {
        case .some(200), .some(202):
            let isNew =
                url == server.hook
                ? figures.acknowledged.insert(delivery.id).inserted
                : figures.acknowledgedEvents.insert(delivery.id).inserted
            if isNew { told.append((delivery, url)) } else { figures.duplicates += 1 }
        case .some(let status):
            figures.refused[status, default: 0] += 1
            missed.append((delivery, url))
        case nil:
            figures.unanswered += 1
            missed.append((delivery, url))
        }
    }
}
