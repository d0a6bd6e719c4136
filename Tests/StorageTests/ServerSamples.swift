import Domain
import Foundation
import Testing

@testable import Storage

/// Values of a server for tests.
extension Samples {
    static func project(_ text: String = "flights") throws -> ProjectName { try #require(ProjectName(text)) }
    static func branch(_ text: String = "main") throws -> BranchName { try #require(BranchName(text)) }
    static func forge(_ text: String = "github") throws -> ForgeName { try #require(ForgeName(text)) }

    static func user(_ login: String = "ann") throws -> ForgeUser { ForgeUser(id: "7", login: try person(login)) }

    static func pull(_ number: Int64 = 3, head: String = "commit", state: PullRequest.State = .open) throws
        -> PullRequest
    {
        PullRequest(
            number: number, state: state, isDraft: false, title: "Try wind", author: try user(),
            head: try commit(head), headBranch: try branch("work/wind"),
            headRepository: ForgeRepository("acme/flights"), base: try branch(), isFork: false,
            updatedAt: "2026-01-01T00:00:00Z")
    }

    static func pushed(_ key: String, project: String? = "flights", commit text: String = "commit") throws -> Event {
        Event(
            key: key,
            kind: .forge(
                try forge(), .push(branch: try branch(), before: nil, after: try commit(text), by: try user())),
            repository: repository, at: now, by: nil, project: try project.map { try Samples.project($0) })
    }

    static func delivery(
        _ id: String?, body: String, key: String, forge: String = "github", project: String? = "flights"
    ) throws -> Store.Delivery {
        Store.Delivery(
            forge: try Samples.forge(forge), id: id, body: digest(body), name: "push",
            event: try pushed(key, project: project))
    }

    static func post(_ key: String, _ text: String, forge: String = "github") throws -> Post {
        Post(
            key: key, target: .forge(try Samples.forge(forge), try #require(ForgeRepository("acme/flights"))),
            message: .report(pullRequest: 3, marker: "m", body: text))
    }

    static func draft(
        _ lane: Ticket.Lane, event: Int64, project: String = "flights", priority: Int = 0, pull: PullRequest? = nil
    ) throws -> Store.TicketDraft {
        Store.TicketDraft(
            project: try Samples.project(project), lane: lane, priority: priority, pullRequest: pull, event: event)
    }
}

extension Store {
    /// A queued run with a ticket.
    func ticketed(
        _ text: String, lane: Ticket.Lane, project: String = "flights", model: String = "flight-delay",
        priority: Int = 0, pull: PullRequest? = nil, supersedes: Bool = false, at: Date = Samples.now
    ) async throws -> (run: Run, superseded: [RunID]) {
        let event = try await record(try Samples.pushed("event of \(text)", project: project, commit: text))
        let (creation, superseded) = try await create(
            try Samples.plan(text, model: model), for: [event.id],
            ticket: try Samples.draft(lane, event: event.id, project: project, priority: priority, pull: pull),
            supersedes: supersedes, at: at)
        switch creation {
        case .created(let run), .live(let run): return (run: run, superseded: superseded)
        }
    }

    /// At least one row in every table of the third schema.
    func fillServer() async throws {
        _ = try await record([try Samples.delivery("d1", body: "b1", key: "k1")], at: Samples.now)
        _ = try await ticketed("ticketed", lane: .pullRequest(3), pull: try Samples.pull())
        _ = try await ticketed("ticketed", lane: .manual)
        try await put([try Samples.post("status", "one")], cursor: "publish", to: 3, at: Samples.now)
        let project = try Samples.project()
        try await know(try Samples.pull(), of: project, at: Samples.now)
        let voice = Voice(person: try Samples.person("ann"), way: .page)
        try await permit(try Samples.commit(), of: project, by: voice, at: Samples.now)
        try await setHead(try Samples.commit(), of: try Samples.branch(), in: project, at: Samples.now)
        try await add(user: voice.person, role: .viewer, at: Samples.now)
        let token = try await add(
            token: Samples.digest("bits"), user: voice.person, use: .api, note: "ci", role: .viewer,
            expiresAt: Samples.later(60), at: Samples.now)
        try await revoke(token: token.id, at: Samples.now)
        _ = try await record(
            Event(
                key: "tick", kind: .tick(cron: "* * * * *", timezone: "UTC", due: Samples.now),
                repository: Samples.repository, at: Samples.now, by: nil, project: project))
    }
}
