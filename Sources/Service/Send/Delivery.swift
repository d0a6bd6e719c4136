import Domain
import Forges
import Foundation
import Settings
import Storage
import Wire

/// One attempt to say one thing. Safe to repeat: every act looks for what an earlier one may have left.
struct Delivery: Sendable {
    let bot: Bot
    let wire: Wire
    /// One reading of the configuration for the whole attempt.
    let live: Configuration.Live

    /// Returns what the other side calls it; nil: nothing, or as before.
    func deliver(_ record: PostRecord) async throws(ForgeError) -> String? {
        switch record.post.target {
        case .forge(let name, let repository):
            guard let forge = live.forges[name] else {
                throw .refused("the server's configuration has no forge '\(name)' any more")
            }
            return try await tell(forge, record, repository)
        case .notify(let name):
            guard case .notice(let notice) = record.post.message else { throw .refused("not a notice") }
            guard let settings = live.settings.notify[name] else {
                throw .refused("the server's configuration has no address '\(name)' any more")
            }
            let address = Address(bot: bot, wire: wire, settings: settings)
            try await address.send(notice, id: Address.messageID(of: record.post))
            return nil
        case .notes(let project):
            guard case .note(let commit, let body) = record.post.message else { throw .refused("not a note") }
            try await note(body, on: commit, in: project)
            return nil
        }
    }

    private func tell(
        _ forge: any Forge, _ record: PostRecord, _ repository: ForgeRepository
    ) async throws(ForgeError) -> String? {
        let known = record.remote
        switch record.post.message {
        case .status(let status):
            try await forge.set(status, in: repository)
            return nil
        case .report(let number, let marker, let body), .reply(let number, let marker, let body):
            return try await forge.write(body, marker: marker, known: known, on: number, in: repository)
        case .reaction(let number, let comment):
            try await forge.acknowledge(comment: comment, on: number, in: repository)
            return nil
        case .check(let check): return try await forge.set(check, known: known, in: repository)
        case .promotionPullRequest(let wanted):
            return try await propose(wanted, record, on: forge, in: repository)
        case .notice, .note: throw .refused("not for a forge")
        }
    }
}

extension ForgeError {
    /// What is no forge's answer, in a forge's words: what may be over later, and what never is.
    init(_ fault: Fault) {
        switch fault.kind {
        case .environment: self = .unreachable(fault.message, mayHaveActed: true)
        case .input, .bug: self = .refused(fault.message)
        }
    }
}
